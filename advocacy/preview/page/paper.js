// The pages of the PDF: a picture of each, with its words over it to read, find and click.

import { $, el } from "./dom.js";

/** Shows pages; those whose picture is the same stay as they are. */
export async function showPages(pages) {
  const box = $("pages");
  const ready = await Promise.all(
    pages.map(async (page, at) => {
      const old = box.children[at];
      if (old?.dataset.digest === page.digest) return null;
      const picture = new Image();
      picture.alt = "";
      picture.src = `picture/${page.digest}.png`;
      await picture.decode().catch(() => {});
      return picture;
    }),
  );
  pages.forEach((page, at) => {
    let figure = box.children[at];
    if (!figure) {
      figure = el("div", { className: "page", role: "group" });
      box.append(figure);
    }
    figure.setAttribute("aria-label", `Page ${at + 1} of ${pages.length}`);
    if (ready[at]) {
      figure.dataset.digest = page.digest;
      figure.style.aspectRatio = `${page.width} / ${page.height}`;
      figure.replaceChildren(ready[at], words(page));
    }
  });
  while (box.children.length > pages.length) box.lastElementChild.remove();
  for (const layer of box.querySelectorAll(".words:not([data-fitted])")) fit(layer);
}

/** The words of a page where they stand; each line of them says how wide it is. */
function words(page) {
  const layer = el("div", { className: "words" });
  for (const [text, left, top, width, height] of page.runs) {
    const run = el("span", {}, text);
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
