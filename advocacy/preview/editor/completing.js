// What can be completed in a letter: variables, facts, partials, functions, filters.

import { daysInWords } from "../page/dom.js";
import { snippetCompletion, startCompletion } from "@codemirror/autocomplete";

const FACT = /\b(?:cite|fact|quote)\(\s*(?:"[^"\n]*"\s*,\s*)*"([^"\n]*)$/;
const PARTIAL = /\{%[-+]?\s*(?:include|import|from|extends)\s+"([^"\n]*)$/;
const FILTER = /\|\s*(\w*)$/;
const NAME = /[A-Za-z_][\w.]*(?:\[\d+\][\w.]*)?$/;
const SIGNS = { holds: "true", "not yet": "not yet", ended: "has ended", superseded: "has ended" };

/** The text before the cursor, from the command that is open there; null outside of commands. */
function command(text) {
  const open = Math.max(text.lastIndexOf("{{"), text.lastIndexOf("{%"));
  const close = Math.max(text.lastIndexOf("}}"), text.lastIndexOf("%}"));
  return open > close ? text.slice(open) : null;
}

function factOption(fact) {
  return {
    label: fact.id,
    type: fact.state === "holds" ? "constant" : "keyword",
    detail: SIGNS[fact.state],
    boost: fact.state === "holds" ? 2 : -2,
    apply: (view, completion, from, to) => {
      // The cursor goes on behind the quotes.
      const quote = view.state.sliceDoc(to, to + 1) === '"' ? 1 : 0;
      view.dispatch({ changes: { from, to, insert: fact.id }, selection: { anchor: from + fact.id.length + quote } });
    },
    info: () => {
      const box = document.createElement("div");
      const statement = document.createElement("p");
      statement.textContent = fact.statement;
      const about = document.createElement("p");
      about.className = "cm-about";
      about.textContent = `${fact.label}, ${daysInWords(fact.days)}. Source: ${fact.source}`;
      box.append(statement, about);
      return box;
    },
  };
}

const again = (view, completion, from, to, text, back) => {
  view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length - back } });
  startCompletion(view);
};

function functionOption(tool) {
  const takesFact = ["cite", "fact", "quote"].includes(tool.name);
  return {
    label: tool.name,
    type: "function",
    detail: tool.does,
    boost: takesFact ? 3 : -3,
    apply: takesFact
      ? (view, completion, from, to) => again(view, completion, from, to, `${tool.name}("")`, 2)
      : `${tool.name}(`,
  };
}

function variableOptions(sources) {
  return (sources.variables ?? []).map((one) => ({
    label: one.name, type: "variable", detail: one.prints || one.kind,
  }));
}

/** A source of completions over what `sources()` gives. */
export function completing(sources) {
  return (context) => {
    const { pos, explicit } = context;
    const known = sources();
    const before = context.state.sliceDoc(Math.max(0, pos - 600), pos);
    const inside = command(before);
    if (inside !== null) {
      const fact = inside.match(FACT);
      if (fact) {
        return { from: pos - fact[1].length, options: (known.facts ?? []).map(factOption), validFor: /^[\w.-]*$/ };
      }
      const partial = inside.match(PARTIAL);
      if (partial) {
        const options = (known.partials ?? []).map((label) => ({ label, type: "text" }));
        return { from: pos - partial[1].length, options, validFor: /^[\w./-]*$/ };
      }
      if (/"[^"]*$/.test(inside.replace(/"[^"]*"/g, ""))) return null;
      const filter = inside.match(FILTER);
      if (filter) {
        const options = (known.filters ?? []).map((one) => ({ label: one.name, type: "function", detail: one.does }));
        return { from: pos - filter[1].length, options, validFor: /^\w*$/ };
      }
      const name = inside.match(NAME);
      if (!name && !explicit && !/\{\{[-+]?\s?$/.test(inside)) return null;
      return {
        from: pos - (name?.[0].length ?? 0),
        options: [...(known.functions ?? []).map(functionOption), ...variableOptions(known)],
        validFor: /^[\w.[\]]*$/,
      };
    }
    if (!explicit) return null;
    const options = variableOptions(known).map((one) => ({ ...one, apply: `{{ ${one.label} }}` }));
    const citing = (known.facts ?? []).map((fact) => ({
      ...factOption(fact), label: fact.id, apply: `{{ cite("${fact.id}") }}`,
    }));
    const loop = snippetCompletion("{% if ${recipient.title} %}${text}{% endif %}", {
      label: "if", type: "keyword", detail: "a conditional sentence",
    });
    return { from: pos, options: [...citing, ...options, loop] };
  };
}
