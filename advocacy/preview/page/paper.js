// The pages of the PDF: a picture of each, with its words over it to read, find and click.

import { $, el } from "./dom.js";

let turn = 0;

/**
 * Shows pages, each as soon as its picture is there; those whose picture is the same stay as they
 * are. Pages that are slower to come than newer ones are not shown.
 */
export async function showPages(pages) {
  const box = $("pages");
  const mine = ++turn;
  while (box.children.length > pages.length) box.lastElementChild.remove();
  await Promise.all(
    pages.map(async (page, at) => {
      if (!box.children[at]) box.append(el("div", { className: "page", role: "group" }));
      const figure = box.children[at];
      figure.setAttribute("aria-label", `Page ${at + 1} of ${pages.length}`);
      if (figure.dataset.digest === page.digest) return;
      figure.style.aspectRatio = `${page.width} / ${page.height}`;
      const picture = new Image();
      picture.alt = "";
      picture.src = `picture/${page.digest}.png`;
      await picture.decode().catch(() => {});
      if (mine !== turn) return;
      const layer = words(page);
      figure.dataset.digest = page.digest;
      figure.replaceChildren(picture, layer);
      fit(layer);
    }),
  );
}

/** The words of a page where they stand; each line of them says how wide it is. */
function words(page) {
  const layer = el("div", { className: "words" });
  for (const [text, left, top, width, height] of page.runs) {
    const run = el("span", { dir: "auto" }, text);
    run.style.left = `${(left / page.width) * 100}%`;
    run.style.top = `${(top / page.height) * 100}%`;
    run.style.fontSize = `${(height / page.width) * 100}cqw`;
    run.dataset.share = width / page.width;
    layer.append(run, " ");
  }
  return layer;
}

function fit(layer) {
  const across = layer.clientWidth;
  if (!across) return;
  layer.dataset.fitted = "yes";
  const runs = [...layer.children];
  const measured = runs.map((run) => run.offsetWidth);
  runs.forEach((run, at) => {
    if (measured[at]) run.style.transform = `translateY(8%) scaleX(${(run.dataset.share * across) / measured[at]})`;
  });
}

/** Fits the words of pages that were made while they could not be seen. */
export function fitPages() {
  for (const layer of $("pages").querySelectorAll(".words:not([data-fitted])")) fit(layer);
}
