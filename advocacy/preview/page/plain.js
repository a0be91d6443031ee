// The editor where the bundle is missing: a text area with the same checks.

import { commandEnd, el } from "./dom.js";

function offsetOf(text, line, column) {
  const lines = text.split("\n");
  const at = Math.min(Math.max(line, 1), lines.length);
  const before = lines.slice(0, at - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return before + Math.min(Math.max((column ?? 1) - 1, 0), lines[at - 1].length);
}

/** Makes an editor. The same is made by the bundle, with colours and completion. */
export function createEditor({ parent, text, kind, label, readOnly, onChange, onSave }) {
  const area = el("textarea", {
    className: `plain-editor ${kind}`, value: text, readOnly, spellcheck: kind !== "yaml",
    "aria-label": label, rows: kind === "line" ? 2 : 24,
  });
  const told = el("ul", { className: "plain-problems" });
  parent.append(area, told);
  area.addEventListener("input", () => {
    // A text of one line has none but the last: a line break ends it.
    if (kind === "line" && area.value.includes("\n")) area.value = area.value.replaceAll("\n", " ");
    onChange();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onSave();
    }
  });
  const put = (fresh, from, to) => {
    area.focus();
    area.setSelectionRange(from, to);
    // This keeps what the browser can undo; elsewhere the text is put in all the same.
    if (!document.execCommand("insertText", false, fresh)) area.setRangeText(fresh, from, to, "end");
    onChange();
  };
  return {
    text: () => area.value,
    setText: (fresh, { theirs = false } = {}) => {
      if (fresh === area.value) return;
      if (document.activeElement === area && !theirs) put(fresh, 0, area.value.length);
      else area.value = fresh;
      onChange();
    },
    insert: (fresh, apart) => {
      const close = commandEnd(area.value, area.selectionStart);
      if (close !== null) area.setSelectionRange(close, close);
      const before = area.value.slice(0, area.selectionStart);
      put(apart && /\S$/.test(before) ? ` ${fresh}` : fresh, area.selectionStart, area.selectionEnd);
      return before.slice(before.lastIndexOf("\n") + 1).trim();
    },
    goBehind: (line, column) => {
      const from = offsetOf(area.value, line, column);
      const stop = area.value.slice(from).match(/[.!?](?=\s|$|\{)|\n\s*\n|$/);
      const at = from + stop.index + (/[.!?]/.test(stop[0]) ? 1 : 0);
      area.focus();
      area.setSelectionRange(at, at);
    },
    goTo: (line, column) => {
      const at = offsetOf(area.value, line, column);
      area.focus();
      area.setSelectionRange(at, at);
      area.scrollTop = (area.scrollHeight / area.value.split("\n").length) * Math.max(line - 6, 0);
    },
    mark: (problems) => {
      area.setAttribute("aria-invalid", String(problems.some((one) => one.level === "error")));
      told.replaceChildren(
        ...problems.map((one) =>
          el("li", { className: one.level }, `${one.line ? `Line ${one.line}: ` : ""}${one.message} ${one.hint ?? ""}`),
        ),
      );
    },
    sources: () => {},
    asText: () => {},
    setReadOnly: (on) => (area.readOnly = on),
    can: () => !area.readOnly,
    undo: () => document.execCommand("undo"),
    redo: () => document.execCommand("redo"),
    focus: () => area.focus(),
  };
}
