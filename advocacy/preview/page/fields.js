// The campaign's own texts as a form: each is written back into the campaign's file in its place.

import { $, el, withCode } from "./dom.js";
import { post, Refused } from "./live.js";

const made = new Map();
let act = {};
let file = null;
let order = "";

const keyOf = (field) => JSON.stringify(field.keys);
const dirty = (one) => one.editor.text() !== one.saved;

/** The unsaved texts, with the keys that lead to them. */
export function fieldDrafts() {
  return [...made.values()].filter(dirty).map((one) => ({ file, keys: one.keys, text: one.editor.text(), base: one.base }));
}

/** All texts of the form, to be copied. */
export const fieldTexts = () => [...made.values()].map((one) => `${one.label}: ${one.editor.text()}`).join("\n");

export const anyFieldDirty = () => [...made.values()].some(dirty);

function status() {
  const open = anyFieldDirty();
  $("save-fields").disabled = !open;
  const done = [...made.values()].some((one) => one.justSaved);
  $("fields-saved").textContent = saving ? "Saving…" : open ? "Unsaved changes" : done ? "Saved" : "";
}

function make(field) {
  const name = `field-${made.size}-${Date.now()}`;
  const holder = el("div", { className: "field-editor" });
  const note = el("div", { className: "field-note", role: "status" });
  const box = el("div", { className: "field" }, el("span", { className: "label", id: name }, field.label), holder, note);
  const one = { ...field, box, note, saved: field.text, base: field.digest };
  one.editor = act.createEditor({
    parent: holder, text: field.text, kind: "line", label: field.label, readOnly: act.readOnly,
    onChange: () => {
      status();
      act.changed();
    },
    onSave: () => void saveFields(),
  });
  return one;
}

/** Shows the fields; those that are being written stay. */
export function showFields(state) {
  if (act.readOnly) return;
  file = state.campaignFile ?? file;
  const fields = state.fields ?? [];
  for (const field of fields) {
    const key = keyOf(field);
    const known = made.get(key);
    if (known) known.line = field.line;
    if (!known) {
      made.set(key, make(field));
    } else if (field.digest !== known.base) {
      if (dirty(known) && known.editor.text() !== field.text) {
        if (!known.saving) conflict(known, { text: field.text, digest: field.digest });
      } else {
        known.saved = field.text;
        known.base = field.digest;
        known.editor.setText(field.text, { theirs: true }); // one's own Undo does not take it back
        known.note.replaceChildren();
      }
    }
  }
  const keys = fields.map(keyOf);
  for (const [key, one] of [...made]) if (!keys.includes(key) && !dirty(one)) made.delete(key);
  const fresh = JSON.stringify([...made.keys()]);
  if (fresh !== order) {
    order = fresh;
    const sorted = [...made.entries()].sort(([one], [two]) => keys.indexOf(one) - keys.indexOf(two));
    $("fields").replaceChildren(...sorted.map(([, one]) => one.box));
  }
  const problems = act.problems().filter((problem) => problem.name === file && problem.line);
  for (const one of made.values()) {
    const line = fields.find((field) => keyOf(field) === keyOf(one))?.line;
    one.editor.mark(problems.filter((problem) => problem.line === line).map((problem) => ({ ...problem, line: 1, column: 1, whole: true })));
  }
  status();
}

/** Puts back a text that was not saved, if it has a field; `base` is the digest of what it was to replace. */
export function restoreField({ keys, text, base }) {
  const one = made.get(JSON.stringify(keys));
  if (!one) return false;
  if (base && base !== one.base && one.saved !== text) conflict(one, { text: one.saved, digest: one.base });
  one.editor.setText(text);
  return true;
}

/** Puts the cursor into the first field with a label. */
export function focusField(label) {
  [...made.values()].find((one) => one.label.startsWith(label))?.editor.focus();
}

/** The fields that a problem may be about: of a missing translation, those in its line. */
function fieldsOf({ name, line, code, message }) {
  if (code !== "missing-language") return [...made.values()];
  const there = [...made.values()].filter((one) => name === file && one.line === line);
  // The empty field of the language that is named comes first.
  const isMeant = (one) => new RegExp(`(in|language,) ${one.label.split(", ").at(-1)}[,.]`).test(message);
  const rank = (one) => (one.editor.text() ? 2 : 0) + (isMeant(one) ? 0 : 1);
  return there.sort((one, two) => rank(one) - rank(two));
}

/** Whether the form has a field for what a problem is about. */
export const hasField = (problem) => fieldsOf(problem).length > 0;

/** Puts the cursor into the field that a problem is about. */
export function focusProblem(problem) {
  fieldsOf(problem)[0]?.editor.focus();
}

function conflict(one, theirs) {
  one.note.replaceChildren(
    el("p", {}, "Someone else has changed this text. The saved version is:"),
    el("blockquote", {}, theirs.text || "(empty)"),
    el("p", { className: "buttons" },
      el("button", { type: "button", onclick: () => {
        one.base = theirs.digest;
        one.note.replaceChildren();
        void saveFields();
      } }, "Overwrite with my version"),
      el("button", { type: "button", onclick: () => {
        one.saved = theirs.text;
        one.base = theirs.digest;
        one.editor.setText(theirs.text);
        one.note.replaceChildren();
      } }, "Use the saved version"),
    ),
  );
}

let saving = null;

/** Saves every text that was changed; who asks while it saves, asks for the same. */
export function saveFields() {
  saving ??= saveAll().finally(() => {
    saving = null;
    status();
  });
  status();
  return saving;
}

async function saveAll() {
  for (const one of made.values()) {
    if (!dirty(one)) continue;
    const text = one.editor.text();
    one.saving = true;
    try {
      const { digest } = await post("save-field", { name: file, keys: one.keys, text, base: one.base });
      Object.assign(one, { saved: text, base: digest, justSaved: true });
      one.note.replaceChildren();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 409) conflict(one, error.content);
      else if (error.status !== 0) {
        const [problem] = error.content.problems ?? [];
        one.note.replaceChildren(el("p", {}, ...withCode(problem ? `${problem.message} ${problem.hint}` : "This text could not be saved.")));
      }
    } finally {
      one.saving = false;
    }
  }
  status();
  act.changed();
}

/** Makes the form work. */
export function startFields(actions) {
  act = actions;
  $("save-fields").addEventListener("click", () => void saveFields());
}
