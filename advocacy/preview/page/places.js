// Places of the text that a question was asked with, in the text as it is now.

const asked = new Map();
let split = { text: null, lines: [] }; // of the text that was asked for last: each place of it is

function linesOf(text) {
  if (split.text !== text) split = { text, lines: text.split("\n") };
  return split.lines;
}

/** Keeps the unsaved texts with which a question was asked, by its number. */
export function remember(number, texts) {
  asked.set(number, texts);
  while (asked.size > 200) asked.delete(asked.keys().next().value);
}

/** The text of a file with which a question was asked, if it was not the saved one. */
export const askedWith = (number, name) => asked.get(number)?.[name] ?? null;

/** A line of a text, in the text that has become of it. The answer comes a moment later. */
export function follow({ line, column }, then, now) {
  const lines = then.split("\n");
  const fresh = now.split("\n");
  let head = 0;
  while (head < lines.length && head < fresh.length && lines[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < lines.length - head && tail < fresh.length - head && lines.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  if (line - 1 < head) return { line, column };
  if (line - 1 >= lines.length - tail) return { line: line + fresh.length - lines.length, column };
  // In the lines that changed: the same line, or the one that is as far from the first of them.
  const same = fresh.indexOf(lines[line - 1], head);
  const last = Math.max(head, fresh.length - tail - 1);
  if (same >= 0 && same <= last) return { line: same + 1, column };
  const to = Math.min(line - 1, last);
  return { line: to + 1, column: column && shifted(column, lines[line - 1], fresh[to]) };
}

/** A column of a line, in the line that has become of it: behind what changed, it moves along. */
function shifted(column, then, now) {
  let head = 0;
  while (head < then.length && head < now.length && then[head] === now[head]) head++;
  let tail = 0;
  while (tail < then.length - head && tail < now.length - head && then.at(-1 - tail) === now.at(-1 - tail)) tail++;
  return column - 1 >= then.length - tail && column - 1 > head ? column + now.length - then.length : column;
}

/** A column as scripts count it: the program counts an emoji as one character, scripts as two. */
export function columnOf(text, line, column) {
  if (!column) return column;
  const characters = [...(linesOf(text)[line - 1] ?? "")];
  return characters.slice(0, column - 1).join("").length + 1;
}

/**
 * A text with other words in a line, and the column behind them; null where the line has no such
 * words. Those at the column or behind it come first: a place may be that of a whole command.
 * Without `wrong`, it is the one character at the column.
 */
export function replaced(text, { line, column }, wrong, right) {
  const lines = text.split("\n");
  const now = lines[line - 1] ?? "";
  const behind = wrong === null ? column - 1 : now.indexOf(wrong, column - 1);
  const at = behind >= 0 ? behind : now.indexOf(wrong);
  const length = wrong === null ? String.fromCodePoint(now.codePointAt(at) ?? 0).length : wrong.length;
  if (at < 0 || at + length > now.length) return null;
  lines[line - 1] = now.slice(0, at) + right + now.slice(at + length);
  return { text: lines.join("\n"), column: at + right.length + 1 };
}
