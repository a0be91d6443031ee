// Every version of the letter as small pages beside each other; the one with a problem comes first.

import { $, el, withCode } from "./dom.js";
import { get, Refused } from "./live.js";

const SMALL = 480;
const LARGE = 1400;
const PAUSE = 800;
let asked = 0;
let stale = true;
let timer = null;

function picture(page, label, count) {
  const image = el("img", { src: `picture/${page.digest}.png`, alt: `Show large: ${label}`, width: page.width, height: page.height });
  return [image, count > 1 ? el("span", { className: "hint" }, `1 of ${count} pages`) : null].filter(Boolean);
}

async function enlarge(number, { label, problems: known, wrong }) {
  const dialog = $("version-dialog");
  $("version-title").textContent = label;
  $("version-pages").replaceChildren(el("p", { className: "hint" }, "Making the pages…"));
  dialog.showModal();
  let pages, problems;
  try {
    ({ pages, problems } = await get("version", { number, width: LARGE }));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    $("version-pages").replaceChildren(el("p", { className: "wrong" }, "This version cannot be shown now. Close it and press “Make them again”."));
    return;
  }
  $("version-pages").replaceChildren(
    ...[...new Set([...known, ...problems])].map((words) => el("p", { className: wrong || !pages.length ? "wrong" : "wrong look" }, ...withCode(words))),
    ...pages.map((page, at) => el("img", { src: `picture/${page.digest}.png`, alt: `Page ${at + 1}`, width: page.width, height: page.height })),
  );
}

function card(version, number) {
  const problems = el("div", { className: "what" }, ...version.problems.map((words) => el("p", {}, ...withCode(words))));
  const button = el("button", { type: "button", className: "sheet", onclick: () => void enlarge(number, version) });
  const verdict = el("span", { className: "verdict" }, version.wrong ? "Wrong" : version.look ? "Worth a look" : "Good");
  verdict.dataset.verdict = version.wrong ? "wrong" : version.look ? "look" : "good";
  return { node: el("li", { className: "version" }, button, el("p", {}, verdict, ` ${version.label}`), problems), button, problems, verdict };
}

/** Makes the pages one after the other; a new letter ends it. */
async function draw() {
  asked += 1;
  const mine = asked;
  stale = false;
  $("versions-told").textContent = "Making the versions…";
  const { versions, real } = await get("versions");
  if (mine !== asked) return;
  const cards = versions.map(card);
  $("versions").replaceChildren(...cards.map((one) => one.node));
  const wrong = new Set(versions.flatMap((one, at) => (one.wrong ? [at] : [])));
  const say = (ready) => {
    const people = real ? "people on the list" : "made-up people";
    const look = versions.filter((one, at) => one.look && !wrong.has(at)).length;
    const bad = `${wrong.size ? `, ${wrong.size} with a problem` : ""}${look ? `, ${look} worth a look` : ""}`;
    $("versions-told").textContent = `${versions.length} version${versions.length === 1 ? "" : "s"} for ${people}${bad}.${ready < versions.length ? " Making the pages…" : ""}`;
  };
  for (const [number, one] of cards.entries()) {
    say(number);
    const { pages, problems } = await get("version", { number, width: SMALL });
    if (mine !== asked) return;
    if (pages.length) one.button.replaceChildren(...picture(pages[0], versions[number].label, pages.length));
    else {
      one.button.replaceChildren(el("span", { className: "hint" }, "No page"));
      one.button.disabled = true;
    }
    if (!pages.length && !wrong.has(number)) {
      wrong.add(number);
      one.verdict.textContent = "Wrong";
      one.verdict.dataset.verdict = "wrong";
      one.problems.replaceChildren(...problems.map((words) => el("p", {}, ...withCode(words))));
      $("versions").prepend(one.node);
    }
  }
  say(versions.length);
  $("versions").dataset.ready = "yes";
}

/** Shows the versions, if the letter has changed since. */
export async function showVersions() {
  if (!stale) return;
  delete $("versions").dataset.ready;
  try {
    await draw();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    $("versions-told").textContent = "There is no letter to show. Fix the errors first.";
    stale = true;
  }
}

/** The letter has changed: what is shown is made anew where it is seen. */
export function renewVersions() {
  stale = true;
  clearTimeout(timer);
  timer = setTimeout(() => !$("panel-versions").hidden && void showVersions(), PAUSE);
}

/** Makes the dialog close. */
export function startVersions() {
  $("version-close").addEventListener("click", () => $("version-dialog").close());
  $("versions-again").addEventListener("click", renewVersions);
}
