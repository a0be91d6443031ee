// The one verdict: wrong, worth a look, or good, in the same words wherever it is said.

import { $ } from "./dom.js";

const LEVELS = ["error", "warning", "note"];
const RANK = { error: 2, warning: 1 };
const WORDS = ["Good", "Worth a look", "Wrong"];
const KINDS = ["good", "look", "wrong"];
const MEDIA = { paper: "Paper", email: "Email" };

/** The verdict of a medium: its rank, and the problems of each level as `render` counts them. */
function judge(problems, medium) {
  const here = problems.filter((one) => !one.elsewhere && (!one.medium || one.medium === medium));
  const rank = Math.max(0, ...here.map((one) => RANK[one.level] ?? 0));
  const counts = LEVELS.map((level) => [here.filter((one) => one.level === level).length, level]);
  const words = counts.filter(([count]) => count).map(([count, level]) => `${count} ${level}${count === 1 ? "" : "s"}`);
  return { rank, words: [WORDS[rank], words.join(", ")].filter(Boolean).join(": ") };
}

/** Says the verdict at the top and beside the text. */
export function showVerdict({ problems, known, slow, connected, quiet }) {
  const media = Object.entries(MEDIA).map(([medium, name]) => ({ name, ...judge(problems, medium) }));
  const rank = Math.max(...media.map((one) => one.rank));
  const same = media.every((one) => one.words === media[0].words);
  let words = same ? `${media[0].words}.` : media.map((one) => `${one.name}: ${one.words.toLowerCase()}.`).join(" ");
  let kind = KINDS[rank];
  if (!connected) [words, kind] = ["Not connected.", "wrong"];
  else if (quiet) [words, kind] = ["No answer yet.", "wrong"];
  else if (slow) [words, kind] = ["Updating the letter…", "waiting"];
  else if (!known && rank < 2) [words, kind] = ["Checking the letter…", "waiting"];
  for (const id of ["state", "verdict"]) {
    if ($(id).textContent !== words) $(id).textContent = words;
    $(id).dataset.verdict = kind;
  }
}
