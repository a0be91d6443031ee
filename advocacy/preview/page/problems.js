// Problems: what is wrong, in which line, the line itself, what to do.

import { $, daysInWords, el, withCode } from "./dom.js";
import { withWords } from "./words.js";

const FIELDS = new Set(["subject-length", "ask-missing", "missing-language"]);
const WORDS = { error: "Error", warning: "Warning", note: "Note" };

/** The words of a line that a hint would replace, with what: `{ wrong, right, label }`, or null. */
function replacement({ code, message, hint, excerpt, line, name }) {
  if (!line || !name || !excerpt) return null;
  if (code === "bad-character" && message.includes("line separator")) return { wrong: null, right: " ", label: "Put a space in its place" };
  if (code === "bad-character") return { wrong: null, right: "", label: "Delete it" };
  const unprinted = code === "unprintable-character" && message.match(/the character “([^”]+)”/)?.[1];
  if (unprinted) return { wrong: unprinted, right: "", label: `Delete “${unprinted}”` };
  const bare = (words) => words.replace(/^\{%\s*|\s*%\}$/g, "");
  const right = bare(hint.match(/^Did you mean `([^`]+)`\?$/)?.[1] ?? "");
  if (!right) return null;
  const named = [...message.matchAll(/`([^`]+)`/g)].map((found) => bare(found[1]));
  // “`recipient` has no `nam`”: the two are one name in the text.
  const wrong = [named.join("."), ...named].find((words) => words !== right && excerpt.includes(words));
  return wrong ? { wrong, right, label: `Write “${right}” instead` } : null;
}

/** What can be done about a problem at once: buttons, and a field for the reason why a claim needs no source. */
function cures(problem, act) {
  if (act.readOnly) return null;
  const button = (label, done) => el("button", { type: "button", onclick: done }, label);
  if (problem.code === "uncited-claim" && problem.line && problem.name && !problem.name.endsWith(".yaml")) {
    const reason = el("input", { type: "text", "aria-label": "Why it needs no source" });
    const form = el(
      "form",
      { className: "cure" },
      button("Choose a fact", () => act.chooseFact(problem)),
      el("label", {}, "or say why it needs no source:"),
      reason,
      el("button", { type: "submit" }, "Mark as needing no source"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (reason.value.trim()) act.excuse(problem, reason.value);
      else reason.focus();
    });
    return form;
  }
  const put = replacement(problem);
  if (put) return el("p", { className: "cure" }, button(put.label, () => act.replace(problem, put)));
  if (FIELDS.has(problem.code) && act.hasField(problem)) {
    return el("p", { className: "cure" }, button("Open “Subject and asks”", () => act.fields(problem)));
  }
  return null;
}

/** The line of a problem; a warning is about what it says, so its commands are words. */
function excerpted({ level, name, excerpt }, act) {
  return level === "error" || !name || /\.ya?ml$/.test(name) ? [excerpt] : withWords(excerpt, act.known());
}

function card(problem, act) {
  const where = problem.file
    ? `${problem.file}${problem.line ? `, line ${problem.line}` : ""}`
    : null;
  const place =
    where && problem.name && !act.readOnly
      ? el("button", { type: "button", className: "place", onclick: () => act.open(problem) }, where)
      : where && el("span", { className: "place" }, where);
  const fits = (problem.fits ?? []).map((stage) =>
    el(
      "button",
      { type: "button", className: "fits", onclick: () => act.stage(stage) },
      `Show the letter “${stage}”`,
    ),
  );
  if (problem.day) {
    const words = `Change the letter date to ${daysInWords(problem.day)}`;
    fits.push(el("button", { type: "button", className: "fits", onclick: () => act.day(problem.day) }, words));
  }
  return el(
    "li",
    { className: `problem ${problem.level}` },
    el("p", { className: "what" }, el("strong", {}, `${WORDS[problem.level]}: `), ...withCode(problem.message)),
    place || null,
    problem.excerpt && !problem.day ? el("code", { className: "line" }, ...excerpted(problem, act)) : null,
    problem.hint ? el("p", { className: "hint" }, ...withCode(problem.hint)) : null,
    fits.length ? el("p", { className: "buttons" }, ...fits) : null,
    cures(problem, act),
  );
}

function list(node, problems, act) {
  const key = JSON.stringify(problems);
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.replaceChildren(...problems.map((problem) => card(problem, act)));
}

/** `2 warnings, 1 note`: what a folded list says. */
function titled(problems) {
  const count = (level) => problems.filter((one) => one.level === level).length;
  const said = (number, word) => (number ? [`${number} ${word}${number === 1 ? "" : "s"}`] : []);
  return [...said(count("warning"), "warning"), ...said(count("note"), "note")].join(", ");
}

/** Errors stand beside the letter, everything else under the editor. */
export function showProblems({ state, view, act }) {
  const parts = { letter: state.problems, paper: state.paperProblems, more: state.lints };
  const told = Object.entries(parts).flatMap(([part, list]) => (list ?? []).map((one) => ({ ...one, part })));
  const all = [...new Map(told.map((one) => [JSON.stringify([one.code, one.message, one.line]), one])).values()];
  if (state.bug) {
    all.unshift({
      level: "error", code: "bug", message: `This is a bug in advocacy, not your mistake: ${state.bug}`,
      hint: "Please report it. Your files were not changed.",
    });
  }
  all.unshift(...state.refusal);
  const errors = all.filter((problem) => problem.level === "error" && !problem.elsewhere);
  const elsewhere = all.filter((problem) => problem.elsewhere);
  const others = all.filter((problem) => problem.level !== "error" && !problem.elsewhere);
  const stopped = !state.ok || (view === "paper" && !state.paperOk);
  const printedOnly = view !== "paper" && errors.every((one) => one.medium === "paper");
  $("stop-box").hidden = errors.length === 0;
  $("stop-title").textContent = printedOnly
    ? "The email is good. The letter on paper would be refused. Fix these errors:"
    : !stopped
    ? "This letter would be refused. Fix these errors:"
    : state.shown
    ? "This is the last valid version. Fix these errors to update it:"
    : "There is nothing to show yet. Fix these errors first:";
  $("stop-first").textContent = `${errors.length} error${errors.length === 1 ? "" : "s"}: ${errors[0]?.message ?? ""}`.replaceAll("`", "");
  list($("stop-list"), errors, act);
  $("look").hidden = others.length === 0;
  $("look-title").textContent = titled(others);
  list($("look-list"), others, act);
  $("elsewhere").hidden = elsewhere.length === 0;
  list($("elsewhere-list"), elsewhere, act);
  return { all };
}
