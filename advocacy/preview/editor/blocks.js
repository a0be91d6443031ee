// What belongs together in a template: `if`, its `otherwise`, and its end.

import { commandsOf } from "../page/words.js";

const OPENS = new Set(["if", "for", "block", "macro", "call", "filter", "with", "raw", "autoescape", "trans"]);
const BRANCHES = new Set(["elif", "else"]);

/** The first word of a statement: `if`, `endif`; empty for a value. */
function wordOf(text) {
  if (!text.startsWith("{%")) return "";
  const inner = text.slice(2, -2).replace(/^[-+]/, "").trim();
  const word = inner.match(/^\w+/)?.[0] ?? "";
  return word === "set" && !inner.includes("=") ? "block" : word;
}

/** The commands of the block to which the command at a place belongs; null for one that stands alone. */
export function blockAt(text, from) {
  const open = [];
  let isRaw = false;
  for (const one of commandsOf(text)) {
    const word = wordOf(one.text);
    if (isRaw && word !== "endraw") continue;
    isRaw = word === "raw";
    if (OPENS.has(word)) open.push([one]);
    else if (BRANCHES.has(word)) open.at(-1)?.push(one);
    else if (word.startsWith("end")) {
      const block = open.pop();
      if (!block) continue;
      block.push(one);
      if (block.some((part) => part.from === from)) return block;
    }
  }
  return null;
}

/** A range, with its whole line where nothing else stands in it. */
function whole(text, from, to) {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const stop = text.indexOf("\n", to);
  const end = stop < 0 ? text.length : stop;
  const isAlone = !text.slice(start, from).trim() && !text.slice(to, end).trim();
  return isAlone ? { from: start, to: Math.min(end + 1, text.length) } : { from, to };
}

/** The ways to remove the command at a place: the words of each, and the ranges that it deletes. */
export function removalsAt(text, from, to) {
  const block = blockAt(text, from);
  if (!block) return [{ words: "Remove", changes: [{ from, to }] }];
  const [first, last] = [block[0], block.at(-1)];
  const at = block.findIndex((part) => part.from === from);
  if (at > 0 && at < block.length - 1) {
    return [{ words: "Remove with its text", changes: [whole(text, from, block[at + 1].from)] }];
  }
  const all = { words: "Remove with its text", changes: [whole(text, first.from, last.to)] };
  const kept = block[1];
  const changes = [whole(text, first.from, first.to), whole(text, kept.from, last.to)];
  const words = block.length > 2 ? "Keep only the first text" : "Remove, but keep the text";
  return [{ words, changes }, all];
}
