// The editor: CodeMirror 6 for letters (Markdown with Jinja), YAML, and texts of one line.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory, redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
import { closePercentBrace, jinja } from "@codemirror/lang-jinja";
import { markdown } from "@codemirror/lang-markdown";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { commandEnd } from "../page/dom.js";
import { completing } from "./completing.js";

const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--sheet)", fontSize: ".9375rem" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "-3px" },
  "&.cm-focused .cm-gutters": { boxShadow: "inset 3px 3px 0 var(--accent), inset 0 -3px 0 var(--accent)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.65" },
  ".cm-content": { padding: ".8rem 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 1.25rem 0 .75rem" },
  ".cm-gutters": { backgroundColor: "var(--sheet)", color: "var(--soft)", border: "0", fontSize: ".8125rem" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--tint) 55%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--warn-tint)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--tint)", outline: "1px solid var(--edge)" },
  ".cm-tooltip": { backgroundColor: "var(--sheet)", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: "8px", boxShadow: "var(--shade)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--sans)", maxHeight: "18rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".3rem .6rem", lineHeight: "1.4" },
  ".cm-tooltip-autocomplete ul li[aria-selected], &.cm-focused .cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--tint)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--soft)", fontStyle: "normal", marginLeft: ".8rem" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "650" },
  ".cm-completionInfo": { padding: ".7rem .9rem", maxWidth: "22rem", fontFamily: "var(--sans)" },
  ".cm-about": { color: "var(--soft)", fontSize: ".8125rem", marginTop: ".4rem" },
  ".cm-diagnostic": { fontFamily: "var(--sans)", padding: ".5rem .8rem", maxWidth: "30rem", borderLeftWidth: "4px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad) 1.5px", textUnderlineOffset: "3px" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn) 1.5px", textUnderlineOffset: "3px" },
  ".cm-lintRange-info": { backgroundImage: "none", textDecoration: "underline dotted var(--soft) 1.5px", textUnderlineOffset: "3px" },
  ".cm-panels": { backgroundColor: "var(--ground)", color: "var(--ink)" },
  ".cm-panel.cm-search input, .cm-panel.cm-search button": { backgroundImage: "none", backgroundColor: "var(--sheet)", color: "var(--ink)" },
});

const oneLine = EditorView.theme({
  ".cm-scroller": { fontFamily: "var(--sans)", lineHeight: "1.5" },
  ".cm-content": { padding: ".45rem 0" },
  ".cm-line": { padding: "0 .7rem" },
  ".cm-activeLine": { backgroundColor: "transparent" },
});

const colours = HighlightStyle.define([
  { tag: [tags.heading], fontWeight: "700" },
  { tag: [tags.strong], fontWeight: "700" },
  { tag: [tags.emphasis], fontStyle: "italic" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.definitionKeyword], color: "var(--bad)" },
  { tag: [tags.variableName, tags.propertyName, tags.attributeName], color: "var(--accent)" },
  { tag: [tags.function(tags.variableName), tags.special(tags.variableName)], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warn)" },
  { tag: [tags.comment, tags.blockComment, tags.lineComment], color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.brace, tags.bracket, tags.punctuation, tags.separator, tags.processingInstruction, tags.meta], color: "var(--soft)" },
]);

const SEVERITY = { error: "error", warning: "warning", note: "info" };
const PHRASES = {
  "No diagnostics": "No errors",
  Diagnostics: "Errors to fix",
};

/** Where a problem is underlined: from its column to the end of the word or command, or its line. */
function spanOf(document, problem) {
  const line = document.line(Math.min(Math.max(problem.line ?? 1, 1), document.lines));
  const indent = line.text.length - line.text.trimStart().length;
  if (problem.whole || !problem.column) {
    return named(line, problem) ?? { from: line.from + indent, to: line.to };
  }
  const start = Math.min(problem.column - 1, Math.max(line.text.length - 1, 0));
  const rest = line.text.slice(start);
  const span = rest.match(/^\{[{%].*?[}%]\}/) ?? rest.match(/^.*?[.!?](?=\s|$|\{)/) ?? rest.match(/^.+$/);
  return { from: line.from + start, to: line.from + start + Math.max(span?.[0].length ?? 1, 1) };
}

/** The command of a line in which the thing stands that a problem names first. */
function named(line, problem) {
  const name = problem.whole ? null : problem.message.match(/`([^`]*\w[^`]*)`/)?.[1];
  const at = name ? line.text.indexOf(name) : -1;
  if (at < 0) return null;
  for (const command of line.text.matchAll(/\{[{%].*?[}%]\}/g)) {
    if (command.index <= at && at < command.index + command[0].length) {
      return { from: line.from + command.index, to: line.from + command.index + command[0].length };
    }
  }
  return { from: line.from + at, to: line.from + at + name.length };
}

function plainWords(problem) {
  return `${problem.message}${problem.hint ? `\n→ ${problem.hint}` : ""}`.replaceAll("`", "");
}

/** The smallest change that makes one text of another. */
function change(from, to) {
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < from.length - head && tail < to.length - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  return { from: head, to: from.length - tail, insert: to.slice(head, to.length - tail) };
}

/** A space behind `{{` or `{%` puts one before the `}}` or `%}` that stands there already. */
const roomy = EditorView.inputHandler.of((view, from, to, text) => {
  if (text !== " " || from !== to) return false;
  const around = view.state.sliceDoc(Math.max(0, from - 2), from + 2);
  if (around !== "{{}}" && around !== "{%%}") return false;
  view.dispatch({ changes: { from, insert: "  " }, selection: { anchor: from + 1 }, userEvent: "input.type" });
  return true;
});

function extensions({ kind, label, nonce, onChange, onSave }, locked, sources) {
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
    EditorView.updateListener.of((update) => update.docChanged && onChange()),
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
      view.dispatch(view.state.replaceSelection(put), { scrollIntoView: true });
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
    sources: (fresh) => (sources = fresh),
    setReadOnly,
    undo: () => undo(view),
    redo: () => redo(view),
    focus: () => view.focus(),
  };
}
