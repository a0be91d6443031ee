// What was typed and never saved: after a crash, a restart or a closed tab it is offered again.

import { $, copyText, el, timeInWords } from "./dom.js";
import { get, post, Refused } from "./live.js";
import { withWords } from "./words.js";

let act = {};
let asked = false;

function named(work) {
  const names = work.texts.map((one) => one.file);
  if (work.fields.length) names.push("“Subject and asks”");
  return names.join(", ");
}

async function remove(work, box) {
  box.remove();
  $("unsaved").hidden = !$("unsaved").children.length;
  await post("remove-unsaved", { id: work.id });
}

/** Puts texts back. What has no place on the page now is offered further, and stays kept. */
async function restore(work, box) {
  const left = [];
  for (const one of work.texts) if (!(await puts(one))) left.push(`${one.file} cannot be opened now.`);
  for (const one of work.fields) {
    if (act.restoreField(one)) continue;
    const stage = one.keys[0] === "stages" ? ` the letter “${one.keys[1]}”` : " its letter";
    left.push(`A text of “Subject and asks” has no place here: choose${stage} first.`);
  }
  act.changed();
  if (!left.length) return remove(work, box);
  box.querySelector("p").textContent = `${[...new Set(left)].join(" ")} Then press “Restore it” again, or copy it.`;
}

async function puts(text) {
  try {
    await act.restoreText(text);
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return false;
  }
}

async function copy(work, button) {
  const texts = [...work.texts, ...work.fields].map((one) => one.text);
  await copyText(texts.join("\n\n"));
  button.textContent = "Copied";
}

function offer(work) {
  const words = `This text was not saved: ${named(work)}, last edited on ${timeInWords(work.when)}.`;
  const button = (label, done, className = "") =>
    el("button", { type: "button", className, onclick: (event) => void done(event.target) }, label);
  const box = el("div", { className: "notice" });
  const typed = [...work.texts, ...work.fields].flatMap((one) => one.typed);
  box.append(
    el("p", {}, words),
    typed.length ? el("blockquote", {}, ...withWords(typed.join("\n"), act.known())) : el("p", { className: "hint" }, "Lines were deleted, and none typed."),
    el(
      "p",
      { className: "buttons" },
      button("Restore it", () => restore(work, box), "main"),
      button("Copy it", (pressed) => copy(work, pressed)),
      button("Discard it", () => remove(work, box)),
    ),
  );
  return box;
}

/** Offers, once, what other tabs have left. */
export async function offerUnsaved() {
  if (asked || act.readOnly) return;
  asked = true;
  let works = [];
  try {
    ({ works } = await get("unsaved"));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    asked = false; // it is asked again with the next letter
    return;
  }
  $("unsaved").replaceChildren(...works.map(offer));
  $("unsaved").hidden = works.length === 0;
  if (works.length) act.found();
}

/** Makes the offers work. */
export function startUnsaved(actions) {
  act = actions;
}
