// The letter as plain text, and as it stands in a list of messages.

import { $, el } from "./dom.js";

/** Shows the text; lines that are the same stay as they are. */
export function showPlain(text) {
  const box = $("plain");
  const lines = (text ?? "").split("\n");
  lines.forEach((line, at) => {
    const written = `${line}\n`;
    const known = box.children[at];
    if (!known) box.append(el("span", {}, written));
    else if (known.textContent !== written) known.textContent = written;
  });
  while (box.children.length > lines.length) box.lastElementChild.remove();
}

/** Shows how the email begins in the lists of a phone and of a computer. */
export function showInbox(state, writePreview) {
  const box = $("inbox");
  const { inbox } = state;
  if (!inbox) {
    box.replaceChildren(el("p", { className: "nothing" }, state.html ? "This person has no email address." : ""));
    return;
  }
  const row = () =>
    el(
      "div",
      { className: "message" },
      el("span", { className: "from" }, inbox.sender),
      el("span", { className: "subject" }, inbox.subject),
      el("span", { className: "begins" }, inbox.begins),
    );
  const parts = [
    el("h2", {}, "On a computer"),
    el("div", { className: "list wide" }, row()),
    el("h2", {}, "On a phone"),
    el("div", { className: "list narrow" }, row()),
    el("p", { className: "hint" }, `From ${inbox.sender} <${inbox.address}>. The subject has ${[...inbox.subject].length} characters; a phone shows about 40 of them.`),
    writePreview
      ? el("p", { className: "buttons" }, el("button", { type: "button", onclick: writePreview }, "Write the preview text"))
      : null,
  ];
  box.replaceChildren(...parts.filter(Boolean));
}
