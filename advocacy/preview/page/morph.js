// Making one tree like another by as few changes as it takes, so that only what changed flickers.

function attributes(from, to) {
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

/** Makes `from` say what `to` says; both are elements of one name. */
export function morph(from, to) {
  attributes(from, to);
  const old = [...from.childNodes];
  const fresh = [...to.childNodes];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head].isEqualNode(fresh[head])) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < fresh.length - head &&
    old[old.length - 1 - tail].isEqualNode(fresh[fresh.length - 1 - tail])
  ) {
    tail++;
  }
  const before = old.slice(head, old.length - tail);
  const after = fresh.slice(head, fresh.length - tail);
  const end = old[old.length - tail] ?? null;
  after.forEach((node, at) => {
    const known = before[at];
    if (known && known.nodeName === node.nodeName) {
      if (known.nodeType === Node.ELEMENT_NODE) morph(known, node);
      else known.data = node.data;
    } else if (known) {
      known.replaceWith(from.ownerDocument.importNode(node, true));
    } else {
      from.insertBefore(from.ownerDocument.importNode(node, true), end);
    }
  });
  for (const extra of before.slice(after.length)) extra.remove();
}
