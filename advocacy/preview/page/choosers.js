// Which letter: stage, language, variants, and the day with its slider.

import { $, el, inWords, paced, setOptions } from "./dom.js";

const STATES = { holds: "every cited fact is true", dead: "letter cites a fact that is not true on this date", out: "outside the letter's dates" };
let stops = [];
let stage = null;

/** The stop whose run of days has a day in it. */
function stopOf(day) {
  let found = 0;
  stops.forEach((stop, at) => {
    if (stop.day <= day) found = at;
  });
  return found;
}

/** Shows what is chosen. */
export function showChoices(state) {
  const { chosen, stages } = state;
  setOptions(
    $("stage"),
    (stages ?? []).map((one) => ({ value: one.name, label: `${one.name} – ${one.subject}` })),
    chosen?.stage,
  );
  if (!chosen) return;
  stage = chosen.stage;
  if (document.activeElement !== $("day")) $("day").value = chosen.day;
  $("language-box").hidden = chosen.languages.length < 2;
  setOptions($("language"), chosen.languages.map((tag) => ({ value: tag, label: named(tag) })), chosen.language);
  variants(chosen);
  slider(state);
}

function named(tag) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

function variants(chosen) {
  const box = $("variants");
  const key = JSON.stringify(chosen.offered);
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.replaceChildren(
      ...Object.entries(chosen.offered).map(([part, names]) => {
        const select = el("select", { id: `variant-${part}` });
        select.dataset.part = part;
        select.append(...names.map((name) => el("option", { value: name }, name)));
        return el("div", { className: "chooser" }, el("label", { for: select.id }, `${part[0].toUpperCase()}${part.slice(1)} variant`), select);
      }),
    );
  }
  for (const select of box.querySelectorAll("select")) select.value = chosen.variants[select.dataset.part];
}

function slider(state) {
  stops = state.stops ?? [];
  const at = stopOf(state.chosen.day);
  const range = $("slider");
  range.max = Math.max(stops.length - 1, 0);
  range.disabled = stops.length < 2;
  const key = JSON.stringify([stops, stage]);
  if ($("stops").dataset.key !== key) {
    $("stops").dataset.key = key;
    $("stops").replaceChildren(...stops.map((stop) => el("i", { className: stop.states[stage] ?? "out" })));
  }
  if (document.activeElement !== range || range.dataset.moving !== "yes") range.value = at;
  said(at, state.chosen.day);
}

function said(at, day) {
  const stop = stops[at];
  if (!stop) return;
  const words = `${inWords(day ?? stop.day)}: ${STATES[stop.states[stage]] ?? ""}`;
  $("stop").textContent = words;
  $("slider").setAttribute("aria-valuetext", words);
}

/** Makes them work; `choose` gets what is new. */
export function startChoosers(choose) {
  // A stage brings its own days, and the words and people of another may not be its.
  $("stage").addEventListener("change", () =>
    choose({ stage: $("stage").value, day: null, variants: {}, language: null }),
  );
  $("language").addEventListener("change", () => choose({ language: $("language").value }));
  $("day").addEventListener("change", () => {
    if ($("day").value) choose({ day: $("day").value, stage });
  });
  $("variants").addEventListener("change", (event) =>
    choose({ variant: { [event.target.dataset.part]: event.target.value } }),
  );
  const range = $("slider");
  const moved = paced(() => choose({ day: stops[range.value].day, stage }), 90);
  range.addEventListener("input", () => {
    range.dataset.moving = "yes";
    said(Number(range.value));
    moved();
  });
  range.addEventListener("change", () => delete range.dataset.moving);
}
