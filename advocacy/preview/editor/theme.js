// How the editor looks: the page's own colours and sizes.

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const theme = EditorView.theme({
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
  ".cm-flash": { backgroundColor: "var(--warn-tint)", transition: "background-color .3s" },
  ".cm-chip": { fontFamily: "var(--sans)", fontSize: ".8125rem", backgroundColor: "var(--tint)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "99px", padding: "0 .5rem", cursor: "pointer", boxDecorationBreak: "clone", WebkitBoxDecorationBreak: "clone" },
  ".cm-chip:hover": { borderColor: "var(--accent)" },
  ".cm-chip-condition, .cm-chip-other": { backgroundColor: "var(--ground)", color: "var(--soft)" },
  ".cm-chip-missing": { backgroundColor: "var(--bad-tint)", color: "var(--bad)" },
  ".cm-changer": { padding: ".8rem", display: "grid", gap: ".6rem", fontFamily: "var(--sans)", width: "min(26rem, 80vw)" },
  ".cm-changer label": { display: "grid", gap: ".2rem", fontSize: ".8125rem", color: "var(--soft)" },
  ".cm-changer p": { display: "flex", flexWrap: "wrap", gap: ".5rem" },
  ".cm-panels": { backgroundColor: "var(--ground)", color: "var(--ink)" },
  ".cm-panel.cm-search": { padding: ".7rem 2.5rem .7rem 1.25rem", fontFamily: "var(--sans)", display: "flex", flexWrap: "wrap", gap: ".5rem", alignItems: "center", borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search br": { display: "none" },
  ".cm-panel.cm-search label": { fontSize: ".8125rem", color: "var(--soft)", display: "inline-flex", alignItems: "center", gap: ".3rem", margin: "0" },
  ".cm-panel.cm-search input[type=checkbox]": { minHeight: "auto", accentColor: "var(--accent)", margin: "0" },
  ".cm-panel.cm-search .cm-textfield": { fontSize: ".9375rem", padding: ".25rem .7rem", borderRadius: "6px", border: "1px solid var(--edge)", margin: "0", flex: "1 1 9rem", minWidth: "0" },
  ".cm-panel.cm-search .cm-button": { fontSize: ".875rem", padding: ".25rem .7rem", borderRadius: "6px", border: "1px solid var(--edge)", margin: "0", textTransform: "none" },
  ".cm-panel.cm-search [name=close]": { top: ".5rem", right: ".75rem", border: "0", background: "none", color: "var(--ink)", fontSize: "1.3rem", padding: "0 .4rem" },
  ".cm-panel.cm-search input, .cm-panel.cm-search button": { backgroundImage: "none", backgroundColor: "var(--sheet)", color: "var(--ink)" },
});

export const oneLine = EditorView.theme({
  ".cm-scroller": { fontFamily: "var(--sans)", lineHeight: "1.5" },
  ".cm-content": { padding: ".45rem 0" },
  ".cm-line": { padding: "0 .7rem" },
  ".cm-activeLine": { backgroundColor: "transparent" },
});

export const colours = HighlightStyle.define([
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
