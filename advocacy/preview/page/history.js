// What a file was before: each save with its day and what it changed, and the way back.

import { $, el, inWords, timeInWords } from "./dom.js";
import { get, Refused } from "./live.js";
import { differing, listed } from "./both.js";

const CANNOT = "The earlier texts cannot be shown now.";
let act = {};

/** The lines of a text with those that a save took out of the one before, each in its place. */
function merged(before, text) {
  const [old, now] = before === null ? [[], text.split("\n").map((line) => ({ text: line }))] : differing(before, text);
  const found = [];
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    if (old[i]?.differs) found.push({ text: old[i++].text, kind: "removed" });
    else if (j >= now.length) break;
    else if (before === null || now[j].differs) found.push({ text: now[j++].text, kind: before === null ? "" : "differs" });
    else {
      found.push({ text: now[j++].text, kind: "" });
      i++;
    }
  }
  return found;
}

const TAGS = { differs: "mark", removed: "del" };

/** The day and time of a save, with the seconds where others are of the same minute. */
function titled(version, versions) {
  if (!version.when) return "The built-in text";
  const words = timeInWords(version.when);
  const several = versions.filter((one) => one.when && timeInWords(one.when) === words).length > 1;
  if (!several) return words;
  const exact = (one) => one.when && timeInWords(one.when, { second: "2-digit" });
  // The first save keeps what was there before as well, at the same second.
  const newer = versions[versions.indexOf(version) - 1];
  return newer && exact(newer) === exact(version) ? `Before ${exact(version)}` : exact(version);
}

/** Looks at a version; where the program cannot be asked, it says so. */
async function look(name, versions, at) {
  try {
    await show(name, versions, at);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    $("history-text").replaceChildren();
    $("history-use").disabled = true;
    $("history-what").textContent = CANNOT;
  }
}

async function show(name, versions, at) {
  const version = versions[at];
  const read = async (one) => (one ? (await get("history-text", { name, id: one.id })).text : null);
  const [text, before] = await Promise.all([read(version), version.when ? read(versions[at + 1]) : null]);
  for (const [number, button] of [...$("history-list").querySelectorAll("button")].entries()) {
    button.setAttribute("aria-pressed", String(number === at));
  }
  const lines = merged(before, text).map((line) => ({ ...line, tag: TAGS[line.kind] }));
  $("history-text").replaceChildren(...listed(lines, act.known(name)));
  const title = titled(version, versions);
  $("history-what").textContent = before === null ? title : `${title}: what this save added is marked, and what it removed is struck out.`;
  $("history-use").disabled = text === act.text();
  $("history-use").onclick = () => {
    $("history").close();
    act.use(text);
  };
  $("history-text").querySelector("mark, del")?.scrollIntoView({ block: "center" });
}

/** Opens the history of a file. */
export async function showHistory(name) {
  let versions = [];
  let cannot = "";
  try {
    ({ versions } = await get("history", { name }));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    cannot = CANNOT;
  }
  $("history-name").textContent = `Earlier texts of ${name.replace(/^\w+\//, "")}`;
  $("history-list").replaceChildren(
    ...versions.map((version, at) =>
      el("li", {}, el("button", { type: "button", "aria-pressed": "false", onclick: () => void look(name, versions, at) }, titled(version, versions))),
    ),
  );
  $("history-use").disabled = true;
  $("history-text").replaceChildren();
  $("history-what").textContent = cannot || (versions.length ? "" : "Nothing was saved on this page yet.");
  for (const part of ["history-sides", "history-use"]) $(part).hidden = !versions.length;
  $("history").showModal();
  if (versions.length) await look(name, versions, 0);
}

/** Says what is approved, by whom, and whether what is typed would undo it. */
export function showApproval(approval) {
  const box = $("approval");
  box.hidden = !approval;
  if (!approval) return;
  const who = approval.by ? `${approval.by} on ${inWords(approval.on)}` : "";
  const changes = approval.changes.join("; ").replaceAll("`", "");
  const words = approval.undone
    ? `${who[0].toUpperCase()}${who.slice(1)} approved this text. If you save this change, it must be approved again.`
    : { approved: `Approved by ${who}.`, stale: `Approved by ${who}, but changed since: ${changes}.`, "not approved": "Nobody has approved this text yet." }[approval.state];
  box.dataset.state = approval.undone ? "stale" : approval.state;
  if (box.textContent !== words) box.textContent = words;
}

/**
 * Makes the dialog work; `actions.text` gives the present text, `actions.use` puts one in its place.
 * `actions.known` tells what is known of the commands of a file, null where there are none.
 */
export function startHistory(actions) {
  act = actions;
  $("history-open").addEventListener("click", () => void showHistory(act.name()));
  $("history-close").addEventListener("click", () => $("history").close());
}
