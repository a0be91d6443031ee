// The one verdict: wrong, worth a look, or good, in the same words wherever it is said.

import { $ } from "./dom.js";

const RANK = { error: 2, warning: 1 };
const WORDS = ["Good", "Worth a look", "Wrong"];
const KINDS = ["good", "look", "wrong"];
const MEDIA = { paper: "Paper", email: "Email" };

/** The verdict of a medium: its rank, and how many problems give it. */
function judge(problems, medium) {
  const here = problems.filter((one) => !one.elsewhere && (!one.medium || one.medium === medium));
  const rank = Math.max(0, ...here.map((one) => RANK[one.level] ?? 0));
  const count = here.filter((one) => (RANK[one.level] ?? 0) === rank).length;
  return { rank, count };
}

const say = ({ rank, count }) =>
  rank === 0 ? WORDS[0] : `${WORDS[rank]}: ${count} ${rank === 2 ? "error" : "warning"}${count === 1 ? "" : "s"}`;

/** Says the verdict at the top and beside the text. */
export function showVerdict({ problems, known, slow, connected }) {
  const media = Object.entries(MEDIA).map(([medium, name]) => ({ name, ...judge(problems, medium) }));
  const rank = Math.max(...media.map((one) => one.rank));
  const same = media.every((one) => one.rank === media[0].rank);
  let words = same ? `${say(media.reduce((one, two) => (two.count > one.count ? two : one)))}.` : media.map((one) => `${one.name}: ${say(one).toLowerCase()}.`).join(" ");
  let kind = KINDS[rank];
  if (!connected) [words, kind] = ["Not connected. Changes are not saved, and the letter is not updated.", "wrong"];
  else if (slow) [words, kind] = ["Updating the letter…", "waiting"];
  else if (!known && rank < 2) [words, kind] = ["Checking the letter…", "waiting"];
  for (const id of ["state", "verdict"]) {
    if ($(id).textContent !== words) $(id).textContent = words;
    $(id).dataset.verdict = kind;
  }
}
