// The email in its frame. The frame runs nothing; this page changes what stands in it.

import { $ } from "./dom.js";
import { morph } from "./morph.js";

const WIDTHS = { phone: 375, desktop: 720 };
const HIGHLIGHTS = `::highlight(uncited){background-color:#ffdf80;color:#3b2c00}
::highlight(excused){text-decoration:underline dotted #8a6d00}
::highlight(dead){background-color:#ffc9b0;color:#5c1600;text-decoration:line-through}
::highlight(commented){text-decoration:underline #1d78a0 3px}
::highlight(here){background-color:#cfe6f5;color:#06324a}
html{overflow:hidden}body{cursor:pointer}`;

let html = null;
let loaded = false;
let scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
let width = "desktop";
let changed = () => {};

const frame = () => $("frame");
export const mailWindow = () => frame().contentWindow;
export const mailTop = () => frame().getBoundingClientRect().top;
export const mailDocument = () => frame().contentDocument;

function draw() {
  if (!loaded || html === null) return;
  // The frame's own parser: this page's policy lets no style in that stands in a document.
  const fresh = new (mailWindow().DOMParser)().parseFromString(html, "text/html");
  const there = mailDocument();
  const own = there.getElementById("advocacy-preview");
  own?.remove();
  morph(there.documentElement, fresh.documentElement);
  const style = there.createElement("style");
  style.id = "advocacy-preview";
  style.textContent = HIGHLIGHTS;
  there.head.append(style);
  colour();
  size();
  changed();
}

/** A mail program's dark mode: its rules are switched here, whatever this machine's setting. */
function colour() {
  const dark = scheme === "dark";
  for (const sheet of mailDocument().styleSheets) {
    for (const rule of sheet.cssRules) {
      if (rule.type !== CSSRule.MEDIA_RULE) continue;
      const condition = (rule.known ??= rule.media.mediaText);
      if (!condition.includes("prefers-color-scheme")) continue;
      rule.media.mediaText = condition.includes("dark") === dark ? "all" : "not all";
    }
  }
  $("mail").dataset.scheme = scheme;
}

function size() {
  frame().style.maxWidth = `${WIDTHS[width]}px`;
  const there = mailDocument().documentElement;
  const height = Math.max(Math.ceil(there.getBoundingClientRect().height), 200);
  // Only when it is new: a frame that is small for a moment loses the reader's place.
  if (frame().style.height !== `${height}px`) frame().style.height = `${height}px`;
}

/** Puts an email into the frame. */
export function showEmail(text) {
  html = text;
  draw();
}

/** Measures the frame again when it can be seen. */
export function fitEmail() {
  if (loaded && html !== null) size();
}

/** Makes the switches work; `drawn` is called after each change of what stands in the frame. */
export function startEmail({ drawn, clicked, moved }) {
  changed = drawn;
  const pressed = () => {
    for (const button of document.querySelectorAll("[data-scheme][aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button.dataset.scheme === scheme));
    }
    for (const button of document.querySelectorAll("[data-width][aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button.dataset.width === width));
    }
  };
  $("panel-email").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    scheme = button.dataset.scheme ?? scheme;
    width = button.dataset.width ?? width;
    pressed();
    if (loaded && html !== null) {
      colour();
      size();
    }
  });
  const begin = () => {
    const there = mailDocument();
    if (!there?.body || !mailWindow().location.pathname.endsWith("/frame")) return;
    loaded = true;
    there.addEventListener("click", (event) => {
      event.preventDefault();
      clicked(event.clientX, event.clientY);
    });
    there.addEventListener("pointermove", (event) => moved(event.clientX, event.clientY));
    draw();
  };
  frame().addEventListener("load", begin);
  if (frame().contentDocument?.readyState === "complete") begin();
  addEventListener("resize", fitEmail);
  pressed();
}
