// Readers' comments: imported from their files, shown beside the sentence, answered and closed.
//
// The files come from strangers: whatever they say is text, never markup.

import { $, el, inWords, timeInWords } from "./dom.js";
import { post, Refused } from "./live.js";

const NAME = "advocacy-name";
const answers = new Map(); // what is being answered and not sent yet, by the comment's id
let act = {};
let shown = [];

/** Whether an answer is being written. */
export const anyAnswer = () => [...answers.values()].some((text) => text.trim());

const one = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function tell(...words) {
  const text = words.filter(Boolean).join(" ");
  $("comments-told").textContent = text;
  $("comments-told").hidden = !text;
}

/** Does something with a comment in the name that stands above; whether it was done. */
async function ask(comment, what, text = null) {
  const by = $("comment-name").value.trim();
  if (!by) {
    tell("Type your name first.");
    $("comment-name").focus();
    return false;
  }
  try {
    await post("comment", { id: comment.id, do: what, by, text });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    tell(error.content.problems?.[0]?.message ?? "This comment no longer exists.", error.content.problems?.[0]?.hint);
    return false;
  }
  tell({ answer: "Answer added.", close: "Comment closed.", reopen: "Comment reopened.", delete: "Comment deleted." }[what]);
  return true;
}

// --- what is seen ----------------------------------------------------------------------------------

function where({ letter, state }) {
  const { stage, name, language, wording, day } = letter;
  const words = [stage, `to ${name}`, inWords(day), ...Object.entries(wording).map(([part, one]) => `${part} “${one}”`), language];
  return {
    elsewhere: `On the letter ${words.join(", ")}`,
    changed: "The sentence has changed since",
    unclear: "The sentence stood in several places, and the text around it has changed",
    gone: "The sentence is no longer in the letter",
  }[state];
}

function quoted(comment) {
  if (!comment.sentence) return [el("p", { className: "by" }, "On the whole letter")];
  const lang = comment.letter.language;
  const read = (text) => el("blockquote", { lang }, text);
  if (comment.state !== "changed") return [read(comment.sentence)];
  return [el("p", { className: "by" }, "It was:"), read(comment.sentence), el("p", { className: "by" }, "Now:"), read(comment.now)];
}

function said({ by, when, text }) {
  return [el("p", { className: "said" }, text), el("p", { className: "by" }, `${by}, ${timeInWords(when)}`)];
}

function answering(comment, again) {
  const label = `answer-${comment.id}`;
  const box = el("textarea", { id: label, rows: 3, maxLength: 4000, value: answers.get(comment.id) });
  box.addEventListener("input", () => answers.set(comment.id, box.value));
  const send = async () => {
    if (!box.value.trim()) return box.focus();
    if (!(await ask(comment, "answer", box.value))) return;
    answers.delete(comment.id);
    again();
  };
  const cancel = () => {
    answers.delete(comment.id);
    again();
  };
  return el(
    "div",
    { className: "answering" },
    el("label", { for: label }, "Your answer"),
    box,
    el(
      "p",
      { className: "buttons" },
      el("button", { type: "button", className: "main", onclick: () => void send() }, "Add answer"),
      el("button", { type: "button", onclick: cancel }, "Cancel"),
    ),
  );
}

function actions(comment, again) {
  const button = (label, done) =>
    el("button", { type: "button", "aria-describedby": `comment-${comment.id}`, onclick: () => void done() }, label);
  const answer = () => {
    answers.set(comment.id, answers.get(comment.id) ?? "");
    again();
    $(`answer-${comment.id}`).focus();
  };
  const sentence = comment.state === "elsewhere" ? null : act.sentenceOf(comment.at);
  const buttons = [
    sentence ? button("Show in the letter", () => act.show(sentence)) : null,
    sentence && !act.readOnly ? button("Go to the text", () => act.open(sentence)) : null,
    comment.state === "elsewhere" ? button("Show that letter", () => act.choose(comment.letter)) : null,
  ];
  if (!act.readOnly && !comment.closed) buttons.push(answers.has(comment.id) ? null : button("Answer", answer), button("Close", () => ask(comment, "close")));
  if (!act.readOnly && comment.closed) buttons.push(button("Reopen", () => ask(comment, "reopen")), button("Delete", () => ask(comment, "delete")));
  return el("p", { className: "buttons" }, ...buttons.filter(Boolean));
}

function item(comment) {
  const box = el("li", { className: "comment", "data-state": comment.state });
  const draw = () =>
    box.replaceChildren(
      ...[
        where(comment) ? el("p", { className: "standing" }, where(comment)) : null,
        ...quoted(comment),
        el("div", { id: `comment-${comment.id}` }, ...said(comment)),
        comment.answers.length ? el("ul", { className: "answers" }, ...comment.answers.map((answer) => el("li", {}, ...said(answer)))) : null,
        comment.closed ? el("p", { className: "by" }, `Closed by ${comment.closed}`) : null,
        answers.has(comment.id) && !act.readOnly ? answering(comment, draw) : null,
        actions(comment, draw),
      ].filter(Boolean),
    );
  draw();
  return box;
}

function group(title, comments) {
  return comments.length ? [el("h2", {}, title), el("ul", {}, ...comments.map(item))] : [];
}

/** Draws the comments; `fault` says why they cannot be read. */
export function showComments(comments, fault) {
  shown = comments;
  const open = comments.filter((comment) => !comment.closed);
  const closed = comments.filter((comment) => comment.closed);
  const here = open.filter((comment) => comment.state !== "elsewhere");
  $("comments-count").textContent = open.length ? ` ${open.length}` : "";
  const focused = document.activeElement?.id;
  const wasOpen = $("comments").querySelector("details")?.open ?? false;
  const none = !comments.length && !fault;
  $("comments").replaceChildren(
    ...(fault ? [el("p", { className: "told" }, fault)] : []),
    ...(none ? [el("p", { className: "hint" }, "There are no comments yet. Make a gallery with advocacy gallery, and send its file to readers. They comment on sentences, and send back a file, which you import here.")] : []),
    ...group("On this letter", here),
    ...group("On other letters", open.filter((comment) => comment.state === "elsewhere")),
    ...(closed.length ? [el("details", { open: wasOpen }, el("summary", {}, `Closed: ${closed.length}`), el("ul", {}, ...closed.map(item)))] : []),
  );
  if (focused?.startsWith("answer-")) $(focused)?.focus();
  act.mark(here.filter((comment) => comment.now));
}

// --- what readers saved ----------------------------------------------------------------------------

async function read(file) {
  const refused = `${file.name} is not a file of comments from a gallery.`;
  try {
    const { new: fresh, known } = await post("import-comments", { file: JSON.parse(await file.text()) });
    const words = [fresh ? `${one(fresh, "comment")} imported` : "", known ? `${one(known, "comment")} already here` : ""];
    return `${file.name}: ${words.filter(Boolean).join(", ") || "no comments"}.`;
  } catch (error) {
    if (error instanceof SyntaxError) return refused;
    if (!(error instanceof Refused)) throw error;
    const [problem] = error.status === 400 || error.status === 413 ? [] : (error.content.problems ?? []);
    return problem ? `${file.name}: ${problem.message} ${problem.hint}`.replaceAll("`", "") : refused;
  }
}

async function importFiles() {
  const input = $("comment-files");
  const told = [];
  for (const file of input.files) told.push(await read(file));
  input.value = "";
  tell(...told);
}

/** Makes the panel work. */
export function startComments(page) {
  act = page;
  $("comment-tools").hidden = act.readOnly;
  $("comment-name").value = localStorage.getItem(NAME) ?? "";
  $("comment-name").addEventListener("change", () => localStorage.setItem(NAME, $("comment-name").value.trim()));
  $("import-comments").addEventListener("click", () => $("comment-files").click());
  $("comment-files").addEventListener("change", () => void importFiles());
}

/** What readers said about the sentence with a number, in one line. */
export function saidOf(number) {
  const about = shown.filter((comment) => !comment.closed && comment.now && comment.at === number && comment.state !== "elsewhere");
  return about.map((comment) => `${comment.by}: ${comment.text}`).join(" · ");
}
