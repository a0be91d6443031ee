// Problems: what is wrong, in which line, the line itself, what to do.

import { $, el, withCode } from "./dom.js";

const WORDS = { error: "Error", warning: "Warning", note: "Note" };

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
  return el(
    "li",
    { className: `problem ${problem.level}` },
    el("p", { className: "what" }, el("strong", {}, `${WORDS[problem.level]}: `), ...withCode(problem.message)),
    place || null,
    problem.excerpt ? el("code", { className: "line" }, problem.excerpt) : null,
    problem.hint ? el("p", { className: "hint" }, ...withCode(problem.hint)) : null,
    fits.length ? el("p", { className: "buttons" }, ...fits) : null,
  );
}

function list(node, problems, act) {
  const key = JSON.stringify(problems);
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.replaceChildren(...problems.map((problem) => card(problem, act)));
}

/** Errors stand beside the letter, everything else under the editor. */
export function showProblems({ state, act }) {
  const all = [...(state.problems ?? []), ...(state.paperProblems ?? []), ...(state.lints ?? [])];
  const once = [...new Map(all.map((one) => [JSON.stringify([one.code, one.message, one.line]), one])).values()];
  const errors = once.filter((problem) => problem.level === "error");
  const others = once.filter((problem) => problem.level !== "error");
  if (state.bug) {
    errors.unshift({
      level: "error", code: "bug", message: `This is a bug in advocacy, not your mistake: ${state.bug}`,
      hint: "Please report it. Your files were not changed.",
    });
  }
  const stopped = !state.ok || !state.paperOk;
  $("stop-box").hidden = errors.length === 0;
  $("stop-title").textContent = stopped
    ? state.shown
      ? "This is the last valid version. Fix these errors to update it:"
      : "There is nothing to show yet. Fix these errors first:"
    : state.wordsOk === false
    ? "This letter would be refused. Fix these errors:"
    : "This letter has no errors. There are errors elsewhere in the campaign:";
  list($("stop-list"), errors, act);
  $("look").hidden = others.length === 0;
  list($("look-list"), others, act);
  return { errors, others };
}
