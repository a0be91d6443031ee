// Places of the text that a question was asked with, in the text as it is now.

const asked = new Map();

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
  return { line: same >= 0 && same <= last ? same + 1 : Math.min(line - 1, last) + 1, column };
}
