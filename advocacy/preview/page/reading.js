// The letter's sentences where they are shown: their marks, and the way from them to the text.

import { $, el, withCode } from "./dom.js";
import { mailDocument, mailTop, mailWindow } from "./email.js";
import { locate, paint, sentenceAt } from "./sentences.js";

const located = { paper: [], email: [], plain: [], inbox: [], versions: [] };
let sentences = [];
let view = "paper";
let open = () => {};
let now = (sentence) => sentence;
let saidOf = () => "";
let comments = () => {};
let commented = new Map(); // how many comments a sentence has, by its number
let cursor = null;
let active = 0;
const FOLLOWING = 20_000;

/** Finds the sentences in all that is shown. */
export function showSentences(fresh) {
  sentences = fresh.map((one, number) => ({ ...one, number }));
  located.paper = locate($("pages"), sentences);
  located.plain = locate($("plain"), sentences);
  mailDrawn();
  // Where one writes, the letter shows the sentence again once it is made anew.
  if (cursor && Date.now() - cursor.when < FOLLOWING) followCursor(cursor.place);
  else repaint();
  marks();
  listSentences();
}

/** The email has been drawn anew. */
export function mailDrawn() {
  const there = mailDocument();
  if (!there?.body) return;
  located.email = locate(there.body, sentences);
  paint(mailWindow(), located.email, { commented });
}

/** Marks the sentences that readers have commented on. */
export function markCommented(list) {
  commented = new Map();
  for (const { at } of list) commented.set(at, (commented.get(at) ?? 0) + 1);
  marks();
  repaint();
}

/** The sentence of the letter with a number, if there is one. */
export const sentenceOf = (number) => sentences[number] ?? null;

/** Says which of paper, email, plain and inbox is seen. */
export function seeing(name) {
  view = name;
  repaint();
}

function repaint(here = null) {
  if (view === "email") paint(mailWindow(), located.email, { here, commented });
  else paint(window, [...located.paper, ...located.plain], { here, commented });
}

function marks() {
  const counted = (mark) => sentences.filter((one) => one.mark === mark);
  const told = [
    ["dead", counted("dead"), "is not true on this date", "are not true on this date"],
    ["uncited", counted("uncited"), "has no source", "have no source"],
  ].filter(([, list]) => list.length);
  const count = [...commented.values()].reduce((sum, one) => sum + one, 0);
  const key = JSON.stringify([told, count]);
  if ($("marks").dataset.key === key) return;
  $("marks").dataset.key = key;
  $("marks").hidden = told.length + count === 0;
  $("marks").replaceChildren(
    ...told.map(([mark, list, one, several]) => {
      let at = -1;
      const next = () => {
        at = (at + 1) % list.length;
        jump(list[at]);
      };
      const words = `${list.length} ${list.length === 1 ? `sentence ${one}` : `sentences ${several}`}`;
      return el("button", { type: "button", className: mark, onclick: next }, words);
    }),
    ...(count ? [el("button", { type: "button", className: "said-here", onclick: comments }, `${count} ${count === 1 ? "comment" : "comments"}`)] : []),
  );
}

function jump(sentence) {
  open(sentence);
  showSentence(sentence);
}

/** Brings a sentence of the letter into view. */
export function showSentence(sentence) {
  // The same sentence, though the program may have told it again since.
  const hit = located[view].find(({ sentence: one }) => one.text === sentence.text && one.number === sentence.number);
  if (hit?.ranges.length) bring(hit.ranges[0].getBoundingClientRect().top);
  repaint(hit);
  explain(sentence);
}

/** Shows in the letter the sentence in which the cursor of the editor stands. */
export function followCursor(place) {
  cursor = { place, when: Date.now() };
  const before = sentences
    .filter((one) => one.name === place.name && one.line)
    .map((sentence) => ({ sentence, at: now(sentence) }))
    .filter(({ at }) => at.line < place.line || (at.line === place.line && (at.column ?? 1) <= place.column));
  const found = before.at(-1)?.sentence;
  const hit = found && located[view].find(({ sentence }) => sentence === found);
  repaint(hit ?? null);
  const box = hit?.ranges[0]?.getBoundingClientRect();
  if (box && !isSeen(box)) bring(box.top);
}

/** Whether a place of what is shown can be seen. */
function isSeen(box) {
  const pane = $("shown").getBoundingClientRect();
  if (!pane.height) return true;
  const top = box.top + (view === "email" ? mailTop() : 0);
  return top > Math.max(pane.top, 0) + 60 && top + box.height < Math.min(pane.bottom, innerHeight) - 20;
}

/** The sentences as a list for the keyboard: it is seen where it has the focus. */
function listSentences() {
  const list = $("sentence-list");
  const key = sentences.map((one) => one.text).join("\n");
  list.hidden = sentences.length === 0;
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  active = Math.min(active, Math.max(sentences.length - 1, 0));
  list.replaceChildren(
    ...sentences.map((one, at) =>
      el("div", { role: "option", id: `sentence-${at}`, "aria-selected": String(at === active) }, `${at + 1} of ${sentences.length}: ${one.text}`),
    ),
  );
}

function step(to) {
  const list = $("sentence-list");
  active = Math.min(Math.max(to, 0), sentences.length - 1);
  [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
  list.setAttribute("aria-activedescendant", `sentence-${active}`);
  const sentence = sentences[active];
  const hit = located[view].find(({ sentence: one }) => one === sentence);
  repaint(hit ?? null);
  if (hit?.ranges.length) bring(hit.ranges[0].getBoundingClientRect().top);
  explain(sentence);
}

function startList() {
  const list = $("sentence-list");
  list.addEventListener("focus", () => sentences.length && step(active));
  list.addEventListener("blur", () => repaint());
  list.addEventListener("keydown", (event) => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: sentences.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      step(to);
    } else if (event.key === "Enter" && sentences[active]) {
      event.preventDefault();
      open(sentences[active]);
    }
  });
}

/** Scrolls a height of what is shown into view. */
function bring(height) {
  const pane = $("shown");
  const inPane = getComputedStyle(pane).overflowY === "auto";
  const shown = inPane ? pane.clientHeight : innerHeight;
  const from = (inPane ? pane.getBoundingClientRect().top : 0) - (view === "email" ? mailTop() : 0);
  (inPane ? pane : document.scrollingElement).scrollBy({ top: height - from - shown * 0.4 });
}

function explain(sentence) {
  const why = [sentence?.why, sentence && saidOf(sentence.number)].filter(Boolean).join(" · ");
  if ($("why").dataset.why === why) return;
  $("why").dataset.why = why;
  $("why").replaceChildren(...(why ? withCode(why) : []));
}

function clicked(document, list, x, y) {
  if (String(document.getSelection())) return;
  const hit = sentenceAt(document, list, x, y);
  if (hit) open(hit.sentence);
}

function moved(document, list, x, y) {
  const hit = sentenceAt(document, list, x, y);
  repaint(hit);
  explain(hit?.sentence);
}

/** What is done in the email's frame. */
export const mailActions = {
  drawn: mailDrawn,
  clicked: (x, y) => clicked(mailDocument(), located.email, x, y),
  moved: (x, y) => moved(mailDocument(), located.email, x, y),
};

/**
 * Makes sentences work: `opened` gets the one whose text is wanted, `saidOf` tells what readers said
 * about one, and `comments` opens all that they said.
 */
export function startReading(given) {
  ({ opened: open, placeNow: now, saidOf, comments } = given);
  startList();
  for (const [id, list] of [["pages", "paper"], ["plain", "plain"]]) {
    $(id).addEventListener("click", (event) => clicked(document, located[list], event.clientX, event.clientY));
    $(id).addEventListener("pointermove", (event) => moved(document, located[list], event.clientX, event.clientY));
    $(id).addEventListener("pointerleave", () => repaint());
  }
}
