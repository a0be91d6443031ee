// The facts of the campaign as they are on the letter's day; a click puts a citation into the text.

import { $, daysInWords, el } from "./dom.js";

const SIGNS = { holds: "●", "not yet": "○", ended: "✕", superseded: "✕" };
let act = {};
let known = [];

function words(fact) {
  return `${fact.id} ${fact.statement} ${fact.source}`.toLowerCase();
}

function item(fact) {
  const live = fact.state === "holds";
  const buttons = act.readOnly
    ? []
    : [
        // A note's mark follows the full stop; words stand apart from those before them.
        ["Cite", `{{ cite("${fact.id}") }}`, "a footnote with the source", false],
        fact.quote ? ["Quote", `{{ quote("${fact.id}") }}`, "a quotation with a footnote", true] : null,
        ["State", `{{ fact("${fact.id}") }}`, "this sentence with a footnote", true],
      ]
        .filter(Boolean)
        .map(([label, text, what, apart]) =>
          el(
            "button",
            { type: "button", title: `Insert ${what}`, "aria-label": `${label} ${fact.id}`, onclick: () => act.insert(text, apart) },
            label,
          ),
        );
  return el(
    "li",
    { className: `fact ${live ? "holds" : fact.state.replace(" ", "-")}${fact.here ? " here" : ""}` },
    el(
      "p",
      { className: "standing" },
      el("span", { className: "sign", "aria-hidden": "true" }, SIGNS[fact.state]),
      el("strong", {}, fact.label),
      ` · ${daysInWords(fact.days)}`,
      fact.here ? el("span", { className: "tag" }, "in this letter") : null,
    ),
    el("p", { className: "statement" }, fact.statement),
    el(
      "p",
      { className: "source" },
      fact.url
        ? el("a", { href: fact.url, target: "_blank", rel: "noopener noreferrer" }, fact.source)
        : fact.source,
      " ",
      el("code", {}, fact.id),
    ),
    buttons.length ? el("p", { className: "buttons" }, ...buttons) : null,
  );
}

function draw() {
  const wanted = $("fact-words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = known.filter((fact) => wanted.every((word) => words(fact).includes(word)));
  // What this letter relies on and does not hold comes first; what holds nowhere here comes last.
  const order = (fact) => (fact.here ? (fact.state === "holds" ? 1 : 0) : fact.state === "holds" ? 2 : 3);
  found.sort((one, two) => order(one) - order(two));
  $("facts").replaceChildren(...found.map(item));
  const holding = known.filter((fact) => fact.state === "holds").length;
  $("fact-count").textContent = wanted.length
    ? `${found.length} of ${known.length}`
    : `${holding} of ${known.length} ${holding === 1 ? "is" : "are"} true on this date`;
}

/** Shows the facts. */
export function showFacts(facts) {
  known = [...facts];
  draw();
}

/** Makes the panel work; `actions.insert` puts text where the cursor is. */
export function startFacts(actions) {
  act = actions;
  $("fact-words").addEventListener("input", draw);
}
