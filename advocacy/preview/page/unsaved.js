// What was typed and never saved: after a crash, a restart or a closed tab it is offered again.

import { $, el, timeInWords } from "./dom.js";
import { get, post, Refused } from "./live.js";

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

async function restore(work, box) {
  for (const one of work.texts) await act.restoreText(one);
  for (const one of work.fields) act.restoreField(one);
  act.changed();
  await remove(work, box);
}

async function copy(work, button) {
  const texts = [...work.texts, ...work.fields].map((one) => one.text);
  await navigator.clipboard.writeText(texts.join("\n\n"));
  button.textContent = "Copied";
}

function offer(work) {
  const words = `This text was not saved: ${named(work)}, last edited on ${timeInWords(work.when)}.`;
  const button = (label, done, className = "") =>
    el("button", { type: "button", className, onclick: (event) => void done(event.target) }, label);
  const box = el("div", { className: "notice" });
  box.append(
    el("p", {}, words),
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
