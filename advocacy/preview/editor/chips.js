// Commands as chips: each shows words, opens to be changed by choice, and is text where one writes.
//
// The text itself is never changed by how it is shown.

import { forEachDiagnostic, setDiagnosticsEffect } from "@codemirror/lint";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, showTooltip, ViewPlugin, WidgetType } from "@codemirror/view";
import { removalsAt } from "./blocks.js";
import { choicesOf, commandsOf, describe } from "../page/words.js";

const refresh = StateEffect.define();
const openCommand = StateEffect.define();
const asText = StateEffect.define();

/** Whether commands are shown as the text that they are. */
const raw = StateField.define({
  create: () => false,
  update: (value, transaction) => transaction.effects.reduce((now, effect) => (effect.is(asText) ? effect.value : now), value),
});

class Chip extends WidgetType {
  constructor(found) {
    super();
    this.found = found;
  }

  eq(other) {
    return other.found.words === this.found.words && other.found.kind === this.found.kind;
  }

  toDOM() {
    const chip = document.createElement("span");
    chip.className = `cm-chip cm-chip-${this.found.kind}${this.found.missing ? " cm-chip-missing" : ""}`;
    chip.textContent = this.found.words;
    chip.title = "Click to change";
    return chip;
  }

  ignoreEvent() {
    return false;
  }
}

/** The command at a place: within it, or directly before or behind. */
function commandAt(state, at) {
  const line = state.doc.lineAt(at);
  const found = commandsOf(line.text).find((one) => line.from + one.from <= at && at <= line.from + one.to);
  return found ? { text: found.text, from: line.from + found.from, to: line.from + found.to } : null;
}

function decorations(view, known) {
  const { state } = view;
  if (state.field(raw)) return Decoration.none;
  const wrong = [];
  forEachDiagnostic(state, (one, from, to) => one.severity === "error" && wrong.push([from, to]));
  const { ranges } = state.selection;
  const marks = [];
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = state.doc.lineAt(at);
      for (const one of commandsOf(line.text)) {
        const [start, end] = [line.from + one.from, line.from + one.to];
        // Where one writes, and where something is wrong, the text itself is shown.
        const written = ranges.some((range) => (range.from > start && range.from < end) || (range.to > start && range.to < end));
        const refused = wrong.some(([first, last]) => first < end && last > start && last - first <= end - start);
        if (written || refused) continue;
        marks.push(Decoration.replace({ widget: new Chip(describe(one.text, known)) }).range(start, end));
      }
      at = line.to + 1;
    }
  }
  return Decoration.set(marks, true);
}

/** The box in which a command is changed. */
function changer(view, open, known) {
  const found = describe(open.text, known);
  const box = document.createElement("div");
  box.className = "cm-changer";
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", "Change this command");
  const put = (text) => {
    view.dispatch({
      changes: { from: open.from, to: open.to, insert: text },
      effects: openCommand.of({ from: open.from, to: open.from + text.length, text }),
      userEvent: "input",
    });
  };
  for (const field of choicesOf(found, known)) {
    const label = document.createElement("label");
    const select = document.createElement("select");
    const options = field.options.some((one) => one.value === field.value)
      ? field.options
      : [{ value: field.value, label: field.value }, ...field.options];
    for (const one of options) select.append(new Option(one.label, one.value, false, one.value === field.value));
    select.addEventListener("change", () => put(field.write(select.value)));
    label.append(field.label, select);
    box.append(label);
  }
  const button = (words, done) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", done);
    return made;
  };
  const close = (anchor) => {
    view.dispatch({ effects: openCommand.of(null), selection: { anchor } });
    view.focus();
  };
  const buttons = document.createElement("p");
  buttons.append(
    button("Edit as text", () => close(open.from + 2)),
    // Half of an `if` would break the letter: what belongs together goes together.
    ...removalsAt(view.state.sliceDoc(), open.from, open.to).map(({ words, changes }) =>
      button(words, () => {
        view.dispatch({ changes, effects: openCommand.of(null), userEvent: "delete" });
        view.focus();
      }),
    ),
    button("Done", () => close(open.to)),
  );
  box.append(buttons);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close(open.to);
  });
  return box;
}

/** Shows commands as chips; `sources()` gives what is known of facts and variables. */
export function chips(sources) {
  const open = StateField.define({
    create: () => null,
    update: (value, transaction) => {
      for (const effect of transaction.effects) if (effect.is(openCommand)) return effect.value;
      return transaction.docChanged ? null : value;
    },
    provide: (field) =>
      showTooltip.from(field, (value) =>
        value && {
          pos: value.from, end: value.to, above: false, arrow: false,
          create: (view) => ({ dom: changer(view, value, sources()), mount: () => view.dom.querySelector(".cm-changer :is(select, button)")?.focus() }),
        },
      ),
  });
  const plugin = ViewPlugin.define(
    (view) => ({
      decorations: decorations(view, sources()),
      update(update) {
        const told = update.transactions.some((one) =>
          one.effects.some((effect) => effect.is(refresh) || effect.is(asText) || effect.is(setDiagnosticsEffect)),
        );
        if (update.docChanged || update.viewportChanged || update.selectionSet || told) {
          this.decorations = decorations(update.view, sources());
        }
      },
    }),
    { decorations: (value) => value.decorations },
  );
  const show = (view, command) => {
    view.dispatch({ effects: openCommand.of(command) });
    return true;
  };
  const pointed = EditorView.domEventHandlers({
    mousedown: (event, view) => {
      const chip = event.target.closest?.(".cm-chip");
      if (!chip) {
        if (view.state.field(open)) view.dispatch({ effects: openCommand.of(null) });
        return false;
      }
      event.preventDefault();
      if (view.state.readOnly) return true;
      const command = commandAt(view.state, view.posAtDOM(chip) + 1);
      return command ? show(view, command) : false;
    },
  });
  const keys = keymap.of([
    {
      key: "Alt-Enter",
      run: (view) => {
        const command = view.state.readOnly ? null : commandAt(view.state, view.state.selection.main.head);
        return command ? show(view, command) : false;
      },
    },
  ]);
  return [raw, open, plugin, pointed, keys];
}

/** Shows the words anew, when more is known of what they stand for. */
export const renewChips = (view) => view.dispatch({ effects: refresh.of(null) });

/** Shows commands as text, or as chips again. */
export const showAsText = (view, on) => view.dispatch({ effects: asText.of(on) });
