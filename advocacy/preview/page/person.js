// Choosing whom the letter is to: a combobox after the WAI-ARIA pattern, over any number of people.

import { $, el } from "./dom.js";
import { get } from "./live.js";

let shown = [];
let active = -1;
let number = 0;
let looking = Promise.resolve();
let found = {};
let current = null;
let choose = () => {};
let stage = () => null;

const input = () => $("person");

function open(on) {
  $("found-box").hidden = !on;
  input().setAttribute("aria-expanded", String(on));
  if (!on) mark(-1);
}

function mark(at) {
  active = at;
  [...$("found").children].forEach((option, index) =>
    option.setAttribute("aria-selected", String(index === at)),
  );
  const option = $("found").children[at];
  if (option?.id) {
    input().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input().removeAttribute("aria-activedescendant");
  }
}

async function search() {
  const mine = ++number;
  const words = input().value === current?.name ? "" : input().value;
  const { people, count } = await get("people", { words, stage: stage() });
  if (mine !== number) return;
  shown = people;
  $("found").replaceChildren(
    ...people.map((person, at) =>
      el(
        "li",
        { id: `found-${at}`, role: "option", "aria-selected": "false" },
        el("span", { className: "who" }, person.name || person.id),
        el("span", { className: "where" }, person.where),
      ),
    ),
  );
  $("people").textContent =
    count === 0 ? "No matching people." : `${count.toLocaleString("en")} found`;
  mark(-1);
}

function take(at) {
  const person = shown[at];
  if (!person) return;
  open(false);
  choose(person.id);
}

/** Shows who is chosen, and how many there are. */
export function showPerson(person, people) {
  current = person;
  if (document.activeElement !== input() || $("found-box").hidden) input().value = person?.name ?? "";
  if ($("found-box").hidden) {
    const many = people.count.toLocaleString("en");
    const reading = people.complete ? "" : " so far (still reading the list)";
    $("people").textContent = people.count === 1 && people.complete ? "" : `of ${many}${reading}`;
  }
}

/** Makes the chooser work: `chosen` gets a letter's id, `ofStage` gives the stage that counts. */
export function startPerson({ chosen, ofStage }) {
  choose = chosen;
  stage = ofStage;
  const look = () => (looking = search());
  input().addEventListener("focus", () => input().select());
  input().addEventListener("click", () => {
    open(true);
    look();
  });
  input().addEventListener("input", () => {
    open(true);
    look();
  });
  input().addEventListener("keydown", async (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if ($("found-box").hidden) {
        open(true);
        look();
        return;
      }
      await looking;
      const count = shown.length;
      if (count) mark((active + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
    } else if (event.key === "Enter" && !$("found-box").hidden) {
      event.preventDefault();
      await looking; // what is typed quickly is found first
      take(active < 0 ? 0 : active);
    } else if (event.key === "Escape") {
      input().value = current?.name ?? "";
      open(false);
    }
  });
  $("found").addEventListener("pointerdown", (event) => event.preventDefault());
  $("found").addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) take([...$("found").children].indexOf(option));
  });
  $("found-box").addEventListener("click", async (event) => {
    const kind = event.target.dataset?.odd;
    if (!kind) return;
    // The first click finds the longest name, and only a further one the next.
    const after = found.kind === kind && found.id === current?.id ? current.id : null;
    const { id } = await get("odd", { kind, after, stage: stage() });
    found = { kind, id };
    if (id === null) {
      $("people").textContent = "Nobody on the list matches.";
      return;
    }
    open(false);
    choose(id);
  });
  document.querySelector(".person").addEventListener("focusout", (event) => {
    if (!event.currentTarget.contains(event.relatedTarget)) {
      input().value = current?.name ?? "";
      open(false);
    }
  });
}
