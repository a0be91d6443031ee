// The letter as plain text, and as it stands in a list of messages.

import { $, el } from "./dom.js";

const WIDTH = 76; // columns of a text, as the program breaks its lines

/** Whether a line ends because it is full: the next line's first word has no room in it. */
const isFull = (line, after = "") => Boolean(line.trim() && after.trim()) && line.length + 1 + after.trim().split(" ")[0].length > WIDTH;

/** Shows the text; lines that are the same stay as they are. In a narrow pane, full lines run on. */
export function showPlain(text) {
  const box = $("plain");
  const lines = (text ?? "").split("\n");
  lines.forEach((line, at) => {
    const [, indent, words] = /^( *)(.*)$/s.exec(line);
    const key = JSON.stringify([line, isFull(lines[at - 1] ?? "", line), isFull(line, lines[at + 1])]);
    if (box.children[at]?.dataset.key === key) return;
    const [goesOn, isEnd] = JSON.parse(key).slice(1);
    const fresh = el("span", {}, el("span", { className: goesOn ? "full" : "" }, indent), words, el("span", { className: isEnd ? "full" : "" }, "\n"));
    fresh.dataset.key = key;
    if (box.children[at]) box.children[at].replaceWith(fresh);
    else box.append(fresh);
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
