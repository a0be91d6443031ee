// The editor: CodeMirror 6 for letters (Markdown with Jinja), YAML, and texts of one line.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory, redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
import { closePercentBrace, jinja } from "@codemirror/lang-jinja";
import { markdown } from "@codemirror/lang-markdown";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Prec, StateEffect, StateField, Transaction } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { commandEnd, daysInWords } from "../page/dom.js";
import { chips, renewChips, showAsText } from "./chips.js";
import { completing } from "./completing.js";
import { pasted } from "./pasting.js";
import { colours, oneLine, theme } from "./theme.js";

const FLASH = 2500;
const SEVERITY = { error: "error", warning: "warning", note: "info" };
const PHRASES = {
  "No diagnostics": "No errors",
  Diagnostics: "Errors to fix",
  "match case": "Match case",
  "by word": "Whole words",
  regexp: "Pattern",
  next: "Next",
  previous: "Previous",
  all: "Select all",
  replace: "Replace",
  "replace all": "Replace all",
  close: "Close",
};

const SIGNS = new Set(["placeholder", "broken-markup", "unprintable-character"]);

/** Where a problem is underlined: from its column to the end of the word or command, or its line. */
function spanOf(document, problem) {
  const line = document.line(Math.min(Math.max(problem.line ?? 1, 1), document.lines));
  const indent = line.text.length - line.text.trimStart().length;
  if (problem.whole || !problem.column) {
    return named(line, problem) ?? { from: line.from + indent, to: line.to };
  }
  const start = Math.min(problem.column - 1, Math.max(line.text.length - 1, 0));
  const rest = line.text.slice(start);
  // A character that cannot be printed stands for itself, and the words after it are right.
  const span = problem.code === "bad-character" ? rest.match(/^./su) : rest.match(/^\{[{%].*?[}%]\}/) ?? rest.match(/^.*?[.!?](?=\s|$|\{)/) ?? rest.match(/^.+$/);
  const to = start + Math.max(span?.[0].length ?? 1, 1);
  // Its place is that of the sentence, where the sign stands that is named.
  const sign = SIGNS.has(problem.code) ? problem.message.match(/^`([^`]+)`|(?<=the character “)[^”]+/) : null;
  const said = sign?.[1] ?? sign?.[0];
  const at = said ? line.text.slice(0, to).indexOf(said, start) : -1;
  return at < 0 ? { from: line.from + start, to: line.from + to } : { from: line.from + at, to: line.from + at + said.length };
}

/** The command of a line in which the thing stands that a problem names first. */
function named(line, problem) {
  // Of `{% if … %}`, as messages write it, the line has the name.
  const name = problem.whole ? null : problem.message.match(/`([^`]*\w[^`]*)`/)?.[1].replace(/^\{%\s*|[\s…]*%\}$/g, "");
  if (!name) return null;
  const word = new RegExp(`(?<![\\p{L}\\p{N}_])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}_])`, "u");
  for (const command of line.text.matchAll(/\{[{%].*?[}%]\}/g)) {
    if (word.test(command[0])) {
      return { from: line.from + command.index, to: line.from + command.index + command[0].length };
    }
  }
  const at = line.text.search(word);
  if (at < 0) return null;
  return { from: line.from + at, to: line.from + at + name.length };
}

function plainWords(problem) {
  return daysInWords(`${problem.message}${problem.hint ? `\n→ ${problem.hint}` : ""}`).replaceAll("`", "");
}

/** The smallest change that makes one text of another. */
function change(from, to) {
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < from.length - head && tail < to.length - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  return { from: head, to: from.length - tail, insert: to.slice(head, to.length - tail) };
}

/**
 * A space behind `{{` or `{%` puts one before the `}}` or `%}` that stands there already. Who types
 * that end, types over it, whatever spaces stand before it.
 */
const roomy = Prec.high(
  EditorView.inputHandler.of((view, from, to, text) => {
    if (from !== to) return false;
    const typed = (changes, anchor) => {
      view.dispatch({ changes, selection: { anchor }, userEvent: "input.type" });
      return true;
    };
    const around = view.state.sliceDoc(Math.max(0, from - 2), from + 2);
    if (text === " " && (around === "{{}}" || around === "{%%}")) return typed({ from, insert: "  " }, from + 1);
    if (text !== "}" && text !== "%") return false;
    const line = view.state.doc.lineAt(from);
    const before = line.text.slice(0, from - line.from);
    const open = Math.max(before.lastIndexOf("{{"), before.lastIndexOf("{%"));
    if (open < 0 || /[}%]\}/.test(before.slice(open))) return false;
    const end = before[open + 1] === "{" ? "}}" : "%}";
    const after = line.text.slice(from - line.from);
    const spaces = after.match(/^ */)[0].length;
    if (before.endsWith(end[0]) && before.length > open + 2 && text === end[1] && after.startsWith(end[1])) return typed([], from + 1);
    if (text !== end[0] || !after.slice(spaces).startsWith(end)) return false;
    const kept = spaces && !before.endsWith(" ") ? 1 : 0;
    return typed({ from: from + kept, to: from + spaces }, from + kept + 1);
  }),
);

/** Pasted paragraphs, with the empty lines without which they would go on what stands around them. */
function apart(state, markdown) {
  const { from, to } = state.selection.main;
  const before = state.sliceDoc(Math.max(0, from - 400), from);
  const after = state.sliceDoc(to, to + 400);
  const isLine = /\n[ \t]*$/.test(before) && /^[ \t]*(?:\n|$)/.test(after);
  const isInline = !markdown.includes("\n") && !/^(?:#|>|[-*] |\d+\. |\|)/.test(markdown);
  if (isInline && !isLine) return markdown;
  const above = !before.trim() || /\n[ \t]*\n[ \t]*$/.test(before) ? "" : /\n[ \t]*$/.test(before) ? "\n" : "\n\n";
  const below = !after.trim() || /^[ \t]*\n[ \t]*\n/.test(after) ? "" : /^[ \t]*\n/.test(after) ? "\n" : "\n\n";
  return `${above}${markdown}${below}`;
}

/** What comes from Word, Google Docs or a mail is put in as the Markdown that a letter has. */
const pasting = (onPaste) =>
  EditorView.domEventHandlers({
    paste: (event, view) => {
      const found = view.state.readOnly || !event.clipboardData ? null : pasted(event.clipboardData);
      if (!found) return false;
      event.preventDefault();
      view.dispatch(view.state.replaceSelection(apart(view.state, found.markdown)), { userEvent: "input.paste", scrollIntoView: true });
      onPaste?.(found.lost);
      return true;
    },
  });

const setFlash = StateEffect.define();

/** The line into which something was just put, to be seen for a moment. */
const flash = StateField.define({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    for (const effect of transaction.effects) {
      if (!effect.is(setFlash)) continue;
      if (effect.value === null) return Decoration.none;
      return Decoration.set([Decoration.line({ class: "cm-flash" }).range(transaction.state.doc.lineAt(effect.value).from)]);
    }
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Where a sentence ends that begins at a place: behind its stop, or at the end of its paragraph. */
function sentenceEnd(document, from) {
  const text = document.sliceString(from);
  const paragraph = text.split(/\n\s*\n/)[0].trimEnd();
  const plain = paragraph.replace(/\{[{%#].*?[}%#]\}/gs, (command) => "_".repeat(command.length));
  const stop = plain.match(/[.!?]["”’)\]*_]*(?=\s|$)/);
  return from + (stop ? stop.index + stop[0].length : paragraph.length);
}

/** The cursor as line and column, from 1. */
function cursor(state) {
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head);
  return { line: line.number, column: head - line.from + 1 };
}

function extensions({ kind, label, nonce, onChange, onSave, onPaste, onCursor }, locked, sources) {
  const line = kind === "line";
  const save = { key: "Mod-s", preventDefault: true, run: () => (onSave(), true) };
  const common = [
    EditorView.cspNonce.of(nonce ?? ""),
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    theme,
    syntaxHighlighting(colours),
    EditorState.phrases.of(PHRASES),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: kind === "yaml" ? "false" : "true" }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange();
      if ((update.docChanged || update.selectionSet) && update.view.hasFocus) onCursor?.(cursor(update.state));
    }),
    flash,
    locked.of([]),
  ];
  if (line) {
    // A text of one line: what is pasted into it loses its line breaks.
    const flat = EditorState.transactionFilter.of((transaction) => {
      if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
      const text = transaction.newDoc.toString().replace(/\s*\n\s*/g, " ");
      const end = Math.min(transaction.newSelection.main.head, text.length);
      return { changes: { from: 0, to: transaction.startState.doc.length, insert: text }, selection: { anchor: end } };
    });
    return [oneLine, ...common, flat, keymap.of([save, { key: "Enter", run: () => true }, ...defaultKeymap, ...historyKeymap])];
  }
  return [
    ...common,
    lineNumbers(),
    lintGutter(),
    highlightActiveLine(),
    bracketMatching(),
    closeBrackets(),
    closePercentBrace,
    roomy,
    highlightSelectionMatches(),
    search({ top: true }),
    kind === "yaml" ? yaml() : jinja({ base: markdown() }),
    kind === "yaml" ? [] : [chips(sources), pasting(onPaste)],
    kind === "yaml" ? [] : autocompletion({ override: [completing(sources)], icons: false }),
    keymap.of([save, ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap]),
  ];
}

/** Makes an editor in an element; `plain.js` makes the same of a text area. */
export function createEditor(options) {
  const locked = new Compartment();
  let sources = {};
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      extensions: extensions(options, locked, () => sources),
    }),
  });
  const text = () => view.state.doc.toString();
  const setReadOnly = (on) => {
    if (view.state.readOnly === on) return;
    view.dispatch({ effects: locked.reconfigure(on ? EditorState.readOnly.of(true) : []) });
  };
  setReadOnly(options.readOnly === true);
  return {
    text,
    setText: (fresh, { theirs = false } = {}) => {
      if (fresh === text()) return;
      // By itself in the history, so that one undo brings back one's own text and no older one;
      // what somebody else saved is not in one's own history at all.
      const annotations = theirs ? Transaction.addToHistory.of(false) : isolateHistory.of("full");
      view.dispatch({ changes: change(text(), fresh), annotations });
    },
    can: (what) => !view.state.readOnly && (what === "undo" ? undoDepth : redoDepth)(view.state) > 0,
    insert: (fresh, apart) => {
      // Inside of a command there is no place for another: it goes behind.
      const close = commandEnd(text(), view.state.selection.main.from);
      if (close !== null) view.dispatch({ selection: { anchor: close } });
      const before = view.state.sliceDoc(0, view.state.selection.main.from);
      const put = apart && /\S$/.test(before) ? ` ${fresh}` : fresh;
      const at = view.state.selection.main.from;
      view.dispatch(view.state.replaceSelection(put), { scrollIntoView: true, effects: setFlash.of(at) });
      setTimeout(() => view.dispatch({ effects: setFlash.of(null) }), FLASH);
      view.focus();
      options.onCursor?.(cursor(view.state));
      const start = view.state.doc.lineAt(at).from;
      return view.state.sliceDoc(start, at).trim();
    },
    goBehind: (line, column) => {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      const anchor = sentenceEnd(view.state.doc, Math.min(at.from + Math.max((column ?? 1) - 1, 0), at.to));
      view.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.focus();
    },
    goTo: (line, column) => {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      const anchor = Math.min(at.from + Math.max((column ?? 1) - 1, 0), at.to);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      view.focus();
    },
    mark: (problems) => {
      const { doc } = view.state;
      const diagnostics = problems.map((problem) => ({
        ...spanOf(doc, problem), severity: SEVERITY[problem.level], message: plainWords(problem),
      }));
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    sources: (fresh) => {
      sources = fresh;
      if (options.kind === "letter") renewChips(view);
    },
    asText: (on) => options.kind === "letter" && showAsText(view, on),
    setReadOnly,
    undo: () => undo(view),
    redo: () => redo(view),
    focus: () => view.focus(),
  };
}
