// Opening, writing and saving files. What is written is shown at once and saved when asked.

import { $, el, setOptions, withCode } from "./dom.js";
import { get, post, Refused } from "./live.js";
import { compare } from "./both.js";
import { askedWith, columnOf, follow, replaced } from "./places.js";

const GROUPS = { letter: "Letter", partial: "Included parts", yaml: "Campaign" };
const NOT_KEPT = "Unsaved changes. No copy of them can be kept: the campaign’s folder cannot be written to.";
const docs = new Map();
let current = null;
let wanted = null;
let files = [];
let act = {};
let sources = {};
let template = null;
let used = [];
let kept = true;
let asText = false;

const fileOf = (name) => files.find((file) => file.name === name);
const dirty = (doc) => doc.editor.text() !== doc.saved;

/** The unsaved texts by the names of their files. */
export function drafts() {
  return Object.fromEntries(
    [...docs].filter(([, doc]) => dirty(doc)).map(([name, doc]) => [name, doc.editor.text()]),
  );
}

/** The digests of the saved texts that the unsaved ones replace. */
export function bases() {
  return Object.fromEntries([...docs].filter(([, doc]) => dirty(doc)).map(([name, doc]) => [name, doc.base]));
}

/** A place of the text that a question was asked with, in the text as it is now. */
export function placeNow({ name, line, column }, number) {
  const doc = docs.get(name);
  const then = askedWith(number, name) ?? (doc && fileOf(name)?.digest === doc.base ? doc.saved : null);
  if (!line || then === null || !doc) return { line, column };
  const at = { line, column: columnOf(then, line, column) };
  const now = doc.editor.text();
  return then === now ? at : follow(at, then, now);
}

/** Puts back a text that was not saved; `base` is the digest of what it was to replace. */
export async function restoreText({ file, text, base }) {
  await open(file);
  const doc = docs.get(file);
  if (base && doc.base !== base && doc.saved !== text) {
    doc.theirs = { text: doc.saved, digest: doc.base };
    doc.base = base;
  }
  doc.editor.setText(text);
  status();
}

export const anyDirty = () => [...docs.values()].some(dirty);

function changed() {
  status();
  act.changed();
}

/** Whether the letter that is shown does not come from a file, as far as is known. */
function isElsewhere(name) {
  const file = fileOf(name);
  if (!template || name === template || used.includes(name)) return false;
  if (!file) return !/\.ya?ml$/.test(name); // unsaved, and of another letter
  return file.kind === "letter" || (file.kind !== "yaml" && used.length > 0);
}

function savedWords(doc) {
  if (!dirty(doc)) return doc.justSaved ? "Saved" : "";
  if (doc.saving) return "Saving…";
  if (doc.unreached) return "Not saved";
  return kept ? "Unsaved changes" : NOT_KEPT;
}

function status() {
  const doc = docs.get(current);
  if (doc && !dirty(doc)) doc.refused = null;
  if (doc?.theirs && doc.editor.text() === doc.theirs.text) settled(doc, doc.theirs);
  for (const what of ["undo", "redo"]) $(what).disabled = !doc?.editor.can(what);
  const file = fileOf(current);
  $("save").disabled = !doc || !dirty(doc) || doc.saving || file?.builtIn === true;
  $("saved").textContent = !doc ? "" : savedWords(doc);
  const notice = $("notice");
  if (file?.builtIn) {
    tell(
      "This is a built-in text that other campaigns may use. To change it, make your own copy. The copy is stored beside the campaign and replaces the built-in text.",
      ["Make my own copy", copy],
    );
  } else if (doc && doc.theirs && dirty(doc)) {
    tell("Someone else has changed this file while you were editing it. Nothing is lost.", ["Compare versions", () => both(current)]);
  } else if (doc && isElsewhere(current)) {
    tell(
      `The letter that is shown does not come from this file, ${current}. It comes from ${template}.`,
      [`Open ${template}`, () => void open(template)],
    );
  } else if (doc?.refused) {
    tell(doc.refused);
  } else {
    notice.hidden = true;
    notice.replaceChildren();
    delete notice.dataset.key;
  }
}

function tell(words, button) {
  const notice = $("notice");
  if (notice.dataset.key === words) return;
  notice.dataset.key = words;
  notice.hidden = false;
  notice.replaceChildren(
    el("p", {}, ...withCode(words)),
    ...(button ? [el("button", { type: "button", className: "main", onclick: button[1] }, button[0])] : []),
  );
}

async function copy() {
  try {
    await post("copy", { name: current });
    docs.get(current).editor.focus();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    delete $("notice").dataset.key;
    docs.get(current).refused = said(error);
    status();
  }
}

/** Says something short under the tools, until something else is done. */
export function say(words) {
  for (const id of ["told", "fact-told"]) {
    $(id).textContent = words;
    $(id).hidden = !words;
  }
}

function sayPasted(lost) {
  const list = new Intl.ListFormat("en", { type: "conjunction" }).format(lost);
  say(lost.length ? `Pasted without ${list}, which a letter cannot contain.` : "");
}

function said(error) {
  const [problem] = error.content.problems ?? [];
  if (error.status === 404) return "This file was moved or deleted. Your text stays here. Put the file back, or copy your text.";
  return problem ? `${problem.message} ${problem.hint}` : "The action failed.";
}

async function load(name) {
  if (docs.has(name)) return docs.get(name);
  const file = await get("file", { name });
  if (docs.has(name)) return docs.get(name);
  const box = el("div", { className: "editor", hidden: true });
  $("editors").append(box);
  const doc = { box, base: file.digest, saved: file.text, touched: false };
  box.addEventListener("focusin", () => (doc.touched = true), { once: true });
  docs.set(name, doc);
  doc.editor = act.createEditor({
    parent: box, text: file.text, kind: file.kind === "yaml" ? "yaml" : "letter",
    label: `Text of ${name}`, readOnly: file.builtIn, onChange: changed, onSave: () => save(name), onPaste: sayPasted,
    onCursor: (place) => name === current && act.cursor({ name, ...place }),
  });
  doc.editor.asText(asText);
  doc.editor.sources(sources);
  return doc;
}

/** Opens a file, with the cursor on a line. */
export async function open(name, line, column) {
  wanted = name;
  const doc = await load(name);
  if (wanted !== name) return;
  current = name;
  for (const [other, { box }] of docs) box.hidden = other !== name;
  $("file").value = name;
  status();
  mark();
  if (line) doc.editor.goTo(line, column ?? 1);
}

/** Opens a file that was chosen; where it cannot be read, the one that is open stays. */
async function choose(name) {
  try {
    await open(name);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    wanted = current;
    $("file").value = current;
    say(`${name} cannot be opened now. ${error.content.problems?.[0]?.message ?? ""}`.trim().replaceAll("`", ""));
  }
}

async function save(name = current) {
  const doc = docs.get(name);
  if (!doc || !dirty(doc) || doc.saving || fileOf(name)?.builtIn) return;
  const text = doc.editor.text();
  doc.saving = true;
  status();
  try {
    const file = await post("save", { name, text, base: doc.base });
    settled(doc, file);
    // What cannot be in a file was replaced: the editor shows what the file has.
    if (file.text !== text && doc.editor.text() === text) doc.editor.setText(file.text);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 409) {
      doc.theirs = error.content;
      await both(name);
    } else if (error.status === 0) {
      doc.unreached = true; // the line at the bottom says why
    } else {
      doc.refused = said(error);
    }
  } finally {
    doc.saving = false;
    changed();
  }
}

function settled(doc, file) {
  Object.assign(doc, { base: file.digest, saved: file.text, theirs: null, refused: null, justSaved: true });
}

/** Shows one's own text and the other, and does what is chosen. */
async function both(name) {
  const doc = docs.get(name);
  const theirs = doc.theirs; // what was looked at: what is saved meanwhile is not overwritten
  const choice = await compare(doc.editor.text(), theirs.text, knownOf(name));
  if (choice === "theirs") {
    // One's own text is an undo away.
    settled(doc, theirs);
    doc.editor.setText(theirs.text);
  } else if (choice === "mine") {
    doc.base = theirs.digest;
    doc.theirs = null;
    doc.saving = false;
    await save(name);
  }
  status();
}

/** What was saved elsewhere comes in at once; where one is writing, both are kept. */
async function takeIn() {
  for (const [name, doc] of docs) {
    const file = fileOf(name);
    if (!file) continue;
    doc.editor.setReadOnly(file.builtIn || act.readOnly);
    if (doc.saving || file.digest === null) continue;
    if (file.digest === doc.base) {
      doc.theirs = null;
      continue;
    }
    if (doc.theirs?.digest === file.digest) continue;
    const fresh = await get("file", { name });
    if (doc.saving || fresh.digest === doc.base) continue;
    if (dirty(doc) && doc.editor.text() !== fresh.text) {
      doc.theirs = fresh;
    } else {
      // What somebody else saved is theirs: one's own Undo does not take it back.
      // It counts as saved before the editor tells of the change: nobody typed it.
      settled(doc, fresh);
      doc.justSaved = false;
      doc.editor.setText(fresh.text, { theirs: true });
    }
    status();
  }
}

function mark() {
  const doc = docs.get(current);
  doc?.editor.mark(act.problems().filter((problem) => problem.name === current));
}

/** Takes in what the program says of files, problems and what can be typed. */
export function showFiles(state) {
  files = state.files ?? [];
  used = state.used ?? [];
  if (act.readOnly) return;
  const groups = Object.entries(GROUPS).map(([kind, label]) => ({
    label,
    options: files
      .filter((file) => file.kind === kind)
      .map((file) => ({ value: file.name, label: file.name.replace(/^(letters|partials)\//, "") })),
  }));
  // What is not saved stays in reach, though another letter is shown now.
  const left = [...docs].filter(([name, doc]) => !fileOf(name) && dirty(doc)).map(([name]) => ({ value: name, label: name }));
  groups.push({ label: "Unsaved changes", options: left });
  setOptions($("file"), groups.filter((group) => group.options.length));
  const fresh = state.chosen?.template;
  const moved = fresh !== template;
  template = fresh ?? template;
  if (files.length && (current === null || moved || !(fileOf(current) || docs.has(current)))) {
    const first = fileOf(template) ?? files.find((file) => file.kind === "letter") ?? files[0];
    if (wanted !== first.name) void open(first.name);
  } else if (current) {
    $("file").value = current;
  }
  void takeIn();
  status();
}

/** Takes in whether the program can be reached: then a save can be tried again. */
export function showConnected(connected) {
  if (!connected) return;
  for (const doc of docs.values()) doc.unreached = false;
  status();
}

/** Says whether what is not saved is kept beside the campaign. */
export function showKept(fresh) {
  kept = fresh;
  status();
}

export function showMarks() {
  mark();
}

/** What can be completed: variables, facts, partials. */
export function showSources(fresh) {
  sources = fresh;
  for (const doc of docs.values()) doc.editor.sources(fresh);
}

/** Puts text where the cursor is in the letter; `apart`, with a space before it. */
export async function insert(text, apart) {
  if (!current || fileOf(current)?.kind === "yaml") await open(template);
  if (fileOf(current)?.builtIn) {
    status();
    return false;
  }
  const doc = docs.get(current);
  if (!doc.touched) {
    // Nobody has put a cursor there: behind the last words, and not before the first.
    const lines = doc.editor.text().trimEnd().split("\n");
    doc.editor.goTo(lines.length, lines.at(-1).length + 1);
  }
  const before = doc.editor.insert(text, apart).replace(/\{[{%#].*?[}%#]\}/g, " ").trim();
  say(before ? `Inserted after “…${before.slice(-50)}”.` : "Inserted at the beginning of a line.");
  return true;
}

/** Puts the cursor behind the sentence that begins at a place. */
export async function goBehind({ name, line, column }) {
  await open(name);
  docs.get(name).editor.goBehind(line, column);
  docs.get(name).touched = true;
}

/** Says in the template why a sentence has no source. */
export async function excuse(place, reason) {
  await goBehind(place);
  await insert(`{# uncited: ${reason.replaceAll("#}", "").trim()} #}`, true);
}

/** Puts words in the place of others, or of one character, that stand at a place or near it. */
export async function replaceAt({ name, line, column }, wrong, right) {
  await open(name);
  const { editor } = docs.get(name);
  const done = replaced(editor.text(), { line, column: column ?? 1 }, wrong, right);
  if (!done) return;
  editor.setText(done.text);
  editor.goTo(line, done.column);
}

/** Makes the panel work. */
export function startWriting(actions) {
  act = actions;
  $("file").addEventListener("change", () => void choose($("file").value));
  $("save").addEventListener("click", () => void save());
  $("as-text").addEventListener("click", () => {
    asText = !asText;
    $("as-text").setAttribute("aria-pressed", String(asText));
    for (const doc of docs.values()) doc.editor.asText(asText);
  });
  $("undo").addEventListener("click", () => docs.get(current)?.editor.undo());
  $("redo").addEventListener("click", () => docs.get(current)?.editor.redo());
  addEventListener("beforeunload", (event) => {
    if (anyDirty()) event.preventDefault();
  });
}

/** What is known of the commands of a file; null where it has none, or they are shown as text. */
export const knownOf = (name) => (asText || fileOf(name)?.kind === "yaml" ? null : sources);

/** The name and the text of the file that is open. */
export const currentName = () => current;
export const currentText = () => docs.get(current)?.editor.text() ?? "";

/** Puts a text in the place of the one that is open; Undo brings it back. */
export function replaceText(text) {
  docs.get(current)?.editor.setText(text);
  status();
}

export const saveCurrent = () => save();
