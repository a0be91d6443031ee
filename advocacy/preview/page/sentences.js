// Finding the letter's sentences in what is shown, whatever it is shown as.
//
// Letters and digits alone are compared: quotes, dashes, spaces and line ends differ between the
// template, the paper and the email. A sentence may be broken by a note's number, a hyphen, or by
// the foot of one page and the head of the next; it is then taken up again where it goes on.

const COUNTS = /[\p{L}\p{N}]/u;
const AGAIN = 6;
const FAR = 2500;

/** A text's letters and digits, each with where it stands. */
function streamOf(root) {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  const places = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement?.closest("style, title")) continue;
    nodes.push(node);
    let offset = 0;
    for (const char of node.data) {
      for (const part of plain(char)) {
        text += part;
        places.push([nodes.length - 1, offset, offset + char.length]);
      }
      offset += char.length;
    }
  }
  return { text, places, nodes };
}

function plain(text) {
  return [...text.normalize("NFKD").toLowerCase()].filter((char) => COUNTS.test(char));
}

function follow(words, stream, from) {
  // Where a page ends within its first words, a sentence is known by those that follow.
  const skipped = [0, 4, 8, 14].find((skip) => {
    const part = words.slice(skip, skip + 14);
    return part.length >= Math.min(8, words.length) && stream.includes(part, from);
  });
  if (skipped === undefined) return null;
  let at = stream.indexOf(words.slice(skipped, skipped + 14), from);
  const found = [];
  let taken = skipped;
  while (taken < words.length && at < stream.length) {
    if (words[taken] === stream[at]) {
      found.push(at);
      taken++;
      at++;
      continue;
    }
    const next = stream.indexOf(words.slice(taken, taken + AGAIN), at);
    if (next >= 0 && next - at < FAR && words.length - taken >= 3) at = next;
    else taken++;
  }
  return { found, end: found.length ? found[found.length - 1] + 1 : from };
}

/** Each sentence with the ranges of its words under `root`. */
export function locate(root, sentences) {
  const { text, places, nodes } = streamOf(root);
  const located = [];
  let from = 0;
  for (const sentence of sentences) {
    const words = plain(sentence.text).join("");
    if (words.length < 4) continue;
    const hit = follow(words, text, from);
    if (!hit) continue;
    from = hit.end;
    located.push({ sentence, ranges: ranges(hit.found, places, nodes) });
  }
  return located;
}

function ranges(found, places, nodes) {
  const made = [];
  let node = -1;
  let last = -2;
  for (const at of found) {
    const [number, begin, end] = places[at];
    if (number === node && at <= last + 3) {
      made[made.length - 1].setEnd(nodes[number], end);
    } else {
      const range = nodes[number].ownerDocument.createRange();
      range.setStart(nodes[number], begin);
      range.setEnd(nodes[number], end);
      made.push(range);
      node = number;
    }
    last = at;
  }
  return made;
}

/**
 * Marks sentences in a window: those without a source, those excused, those that are dead, and those
 * with comments.
 */
export function paint(view, located, extra = {}) {
  const registry = view.CSS?.highlights;
  if (!registry) return;
  for (const mark of ["uncited", "excused", "dead", "commented", "here"]) {
    const has = ({ sentence }) => (mark === "commented" ? extra.commented?.has(sentence.number) : sentence.mark === mark);
    const own = located.filter(has).flatMap((one) => one.ranges);
    const all = mark === "here" ? (extra.here?.ranges ?? []) : own;
    if (all.length) registry.set(mark, new view.Highlight(...all));
    else registry.delete(mark);
  }
}

/** The located sentence at a point of a window, if one is there. */
export function sentenceAt(document, located, x, y) {
  let node;
  let offset;
  if (document.caretPositionFromPoint) {
    const caret = document.caretPositionFromPoint(x, y);
    [node, offset] = [caret?.offsetNode, caret?.offset];
  } else {
    const caret = document.caretRangeFromPoint?.(x, y);
    [node, offset] = [caret?.startContainer, caret?.startOffset];
  }
  if (!node || node.nodeType !== Node.TEXT_NODE) return null;
  const near = document.createRange();
  near.selectNodeContents(node);
  const box = [...near.getClientRects()].some(
    (rect) => x >= rect.left - 4 && x <= rect.right + 4 && y >= rect.top - 3 && y <= rect.bottom + 3,
  );
  if (!box) return null;
  // Behind a full stop, or between two words: the last sentence that begins before.
  let found = null;
  for (const one of located) {
    for (const range of one.ranges) {
      if (range.startContainer === node && range.comparePoint(node, offset) >= 0) found = one;
    }
  }
  return found;
}
