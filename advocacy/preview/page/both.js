// One's own text and another's, side by side.

import { $, el } from "./dom.js";
import { withWords } from "./words.js";

/** The lines of two texts, with which of them the other has too. */
export function differing(one, two) {
  const a = one.split("\n");
  const b = two.split("\n");
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const left = a.slice(head, a.length - tail);
  const right = b.slice(head, b.length - tail);
  const sameLeft = new Set();
  const sameRight = new Set();
  if (left.length * right.length < 4e6) {
    // The longest common subsequence of lines.
    const width = right.length + 1;
    const best = new Uint32Array((left.length + 1) * width);
    for (let i = left.length - 1; i >= 0; i--) {
      for (let j = right.length - 1; j >= 0; j--) {
        best[i * width + j] =
          left[i] === right[j]
            ? best[(i + 1) * width + j + 1] + 1
            : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
      }
    }
    for (let i = 0, j = 0; i < left.length && j < right.length; ) {
      if (left[i] === right[j]) {
        sameLeft.add(i++);
        sameRight.add(j++);
      } else if (best[(i + 1) * width + j] >= best[i * width + j + 1]) i++;
      else j++;
    }
  }
  const marked = (lines, count, same) =>
    lines.map((text, at) => ({
      text,
      differs: at >= head && at < lines.length - tail && !same.has(at - head),
    }));
  return [marked(a, left.length, sameLeft), marked(b, right.length, sameRight)];
}

/**
 * Lines as a list, those of a kind within its element, such as `mark`. With what is `known` of facts
 * and variables, commands are words; without it, the text is shown as it is.
 */
export function listed(lines, known) {
  return lines.map(({ text, kind, tag }) => {
    const words = text ? (known ? withWords(text, known) : [text]) : [" "];
    return el("li", { className: kind }, ...(tag ? [el(tag, {}, ...words)] : words));
  });
}

const marked = (lines) => lines.map(({ text, differs }) => ({ text, kind: differs ? "differs" : "", tag: differs && "mark" }));

/** Asks what is to become of the two: `mine`, `theirs`, or nothing yet. */
export function compare(mine, theirs, known) {
  const dialog = $("both");
  const [left, right] = differing(mine, theirs);
  $("mine").replaceChildren(...listed(marked(left), known));
  $("theirs").replaceChildren(...listed(marked(right), known));
  dialog.showModal();
  $("mine").querySelector("mark")?.scrollIntoView({ block: "center" });
  $("theirs").querySelector("mark")?.scrollIntoView({ block: "center" });
  return new Promise((resolve) => {
    const chosen = { "keep-mine": "mine", "take-theirs": "theirs", "go-back": null };
    const click = (event) => {
      if (event.target.id in chosen) dialog.close(event.target.id);
    };
    dialog.returnValue = "";
    dialog.addEventListener("click", click);
    dialog.addEventListener(
      "close",
      () => {
        dialog.removeEventListener("click", click);
        resolve(chosen[dialog.returnValue] ?? null);
      },
      { once: true },
    );
  });
}
