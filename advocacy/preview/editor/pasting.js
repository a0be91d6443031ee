// What is pasted from Word, Google Docs or a mail, as the Markdown of a letter.

import TurndownService from "turndown";

const SOURCE = /\{\{|\{%|\{#/;
const LEVEL = /level(\d+)/;
const NUMBERED = /^\s*(?:\d+|[a-z]|[ivxlc]+)[.)]/i;

const style = (node) => (node.getAttribute?.("data-style") ?? "").toLowerCase().replace(/\s*([:;])\s*/g, "$1");

/** Puts a tag around the content of a node, in the node's place or within it. */
function wrap(node, tag) {
  const box = node.ownerDocument.createElement(tag);
  box.append(...node.childNodes);
  node.append(box);
}

function unwrap(node) {
  node.replaceWith(...node.childNodes);
}

/** Bold and italics that stand in styles, as Google Docs and mail programs write them. */
function tagStyles(body) {
  for (const node of body.querySelectorAll("b, strong")) {
    if (/(?:^|;)font-weight:(?:normal|400)/.test(style(node))) unwrap(node);
  }
  for (const node of body.querySelectorAll("span, font, p, div, li")) {
    const own = style(node);
    if (/(?:^|;)font-weight:(?:bold|[6-9]00)/.test(own)) wrap(node, "strong");
    if (/(?:^|;)font-style:italic/.test(own)) wrap(node, "em");
    if (/text-decoration[\w-]*:[^;]*line-through/.test(own)) wrap(node, "del");
    if (/(?:^|;)vertical-align:super/.test(own)) wrap(node, "sup");
  }
}

/** Word's lists: paragraphs with a style, each with its sign as text. */
function makeWordLists(body) {
  const items = [...body.querySelectorAll("p, h1, h2, h3")].filter((node) => /mso-list:(?!none)/.test(style(node)));
  let lists = [];
  let last = null;
  for (const node of items) {
    const level = Number(style(node).match(LEVEL)?.[1] ?? 1);
    const sign = [...node.querySelectorAll("span")].find((one) => /mso-list:ignore/.test(style(one)));
    const tag = NUMBERED.test(sign?.textContent ?? "") ? "ol" : "ul";
    sign?.remove();
    const before = node.previousElementSibling;
    if (!last || before !== lists[0]) lists = [];
    lists.length = Math.min(lists.length, level);
    if (lists.length === level && lists.at(-1).tagName.toLowerCase() !== tag) lists.length -= 1;
    while (lists.length < level) {
      const list = body.ownerDocument.createElement(tag);
      const parent = lists.at(-1);
      if (parent) (parent.lastElementChild ?? parent).append(list);
      else node.before(list);
      lists.push(list);
    }
    const item = body.ownerDocument.createElement("li");
    item.append(...node.childNodes);
    lists.at(-1).append(item);
    node.remove();
    last = item;
  }
}

/** Lists of Google Docs: an inner one stands beside its item, and each item holds a paragraph. */
function mendLists(body) {
  for (const list of body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")) {
    const item = list.previousElementSibling;
    if (item?.tagName === "LI") item.append(list);
  }
  for (const paragraph of body.querySelectorAll("li > p:only-of-type, li > div:only-of-type")) unwrap(paragraph);
}

const BLOCKS = "p, div, ul, ol, table, blockquote, pre, hr, h1, h2, h3, h4, h5, h6";
const isBlock = (node) => node === null || (node.nodeType === Node.ELEMENT_NODE && node.matches(BLOCKS));

/** The sibling of a node before or after it, without white space between blocks. */
function beside(node, way) {
  let found = node[way];
  while (found && ((found.nodeType === Node.TEXT_NODE && !found.data.trim()) || found.nodeName === "BR")) found = found[way];
  return found;
}

/** Two line breaks are a new paragraph; a mail has each line in a box of its own. */
function mendParagraphs(body) {
  // A line break at the end of a block, or between two blocks, is none: Google Docs has such.
  for (const node of [...body.querySelectorAll("br")]) {
    const block = node.parentElement.matches(BLOCKS) || node.parentElement === body || node.parentElement.querySelector(BLOCKS);
    if (block && (isBlock(beside(node, "nextSibling")) || isBlock(beside(node, "previousSibling")))) node.remove();
  }
  for (const node of body.querySelectorAll("br")) {
    const next = node.nextSibling;
    if (next?.nodeName !== "BR") continue;
    const mark = body.ownerDocument.createElement("p");
    node.replaceWith(mark);
    next.remove();
  }
}

/** What a letter cannot show, in words; it is counted before it goes. */
function takeOut(body) {
  const lost = [];
  const note = (count, one, many) => count && lost.push(count === 1 ? one : `${count} ${many}`);
  const pictures = body.querySelectorAll("img, svg, video, canvas, object, v\\:shape");
  note(pictures.length, "a picture", "pictures");
  for (const node of pictures) node.remove();
  const comments = body.querySelectorAll('[data-style*="mso-element:comment"], .MsoCommentReference, [id^="cmnt"]');
  note(comments.length ? 1 : 0, "comments", "comments");
  for (const node of comments) node.remove();
  const notes = body.querySelectorAll('[data-style*="mso-element:footnote"], a[href^="#_ftn"], a[href^="#_edn"], a[href^="#ftnt"]');
  note(notes.length ? 1 : 0, "footnotes", "footnotes");
  for (const node of notes) node.remove();
  const all = [...body.querySelectorAll("*")];
  const underlined = all.some((node) => !node.closest("a") && !node.querySelector("a") && (node.tagName === "U" || /text-decoration[\w-]*:[^;]*underline/.test(style(node))) && node.textContent.trim());
  if (underlined) lost.push("underlining");
  if (all.some((node) => /(?:^|;)background(?:-color)?:(?!transparent|none|white|#fff|initial|inherit|rgb\(255, ?255, ?255\)|rgba\(0, ?0, ?0, ?0)/.test(style(node)) && node.textContent.trim())) lost.push("highlighting");
  if (body.querySelector("sub")) lost.push("subscripts");
  const links = all.filter((node) => node.matches("a[href]:not([href^='#'])") && address(node) === null);
  note(links.length, "a link", "links");
  if (body.querySelector("input, button, select, textarea, iframe, form")) lost.push("form fields");
  return lost;
}

function address(link) {
  const found = link.getAttribute("href") ?? "";
  try {
    const url = new URL(found);
    // Google Docs leads links through a page of its own.
    if (/(?:^|\.)google\.[a-z.]+$/.test(url.hostname) && url.pathname === "/url") return url.searchParams.get("q") ?? found;
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? found : null;
  } catch {
    return null;
  }
}

/**
 * Bold or slanted text. A sign between a letter and a punctuation mark would be printed: there the
 * mark stays outside (CommonMark, 6.2).
 */
function emphasized(content, node, sign) {
  const [, before, words, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(content);
  let [, first, inner, last] = ["", "", words, ""];
  const touches = (text, at) => /[\p{L}\p{N}]/u.test(text?.textContent?.at(at) ?? "");
  if (!before && touches(node.previousSibling, -1)) [, first, inner] = /^([^\p{L}\p{N}]*)([\s\S]*)$/u.exec(inner);
  if (!after && touches(node.nextSibling, 0)) [, inner, last] = /^([\s\S]*?)([^\p{L}\p{N}]*)$/u.exec(inner);
  return inner.trim() ? `${before}${first}${sign}${inner}${sign}${last}${after}` : content;
}

function converter() {
  const service = new TurndownService({
    headingStyle: "atx", bulletListMarker: "-", emDelimiter: "*", strongDelimiter: "**", hr: "---", br: "\\",
  });
  service.remove(["style", "script", "title", "meta", "link", "head", "xml", "noscript"]);
  service.addRule("item", {
    filter: "li",
    replacement: (content, node) => {
      const parent = node.parentNode;
      const at = [...parent.children].filter((one) => one.tagName === "LI").indexOf(node);
      const first = Number(parent.getAttribute("start") ?? 1) || 1;
      const sign = parent.tagName === "OL" ? `${first + at}. ` : "- ";
      const inner = content.trim().replace(/\n{2,}(?=\s*(?:-|\d+\.) )/g, "\n").replace(/\n/g, `\n${" ".repeat(sign.length)}`);
      return `${sign}${inner}${node.nextElementSibling ? "\n" : ""}`;
    },
  });
  service.addRule("link", {
    filter: (node) => node.nodeName === "A",
    replacement: (content, node) => {
      const href = address(node);
      return href && content.trim() ? `[${content.trim()}](${href.replace(/[\s()]/g, encodeURIComponent)})` : content;
    },
  });
  const escape = service.escape.bind(service);
  // Signs that Turndown leaves, and that a letter would read as HTML, raised, or struck out.
  service.escape = (text) => escape(text).replace(/<(?=[a-z/!])/gi, "\\<").replace(/\^(?=[^\s^]+\^)/g, "\\^").replace(/~(?=~)/g, "\\~");
  service.addRule("struck", { filter: ["del", "s", "strike"], replacement: (content) => (content.trim() ? `~~${content}~~` : content) });
  for (const [name, filter, sign] of [["bold", ["b", "strong"], "**"], ["slanted", ["i", "em"], "*"]]) {
    service.addRule(name, { filter, replacement: (content, node) => emphasized(content, node, sign) });
  }
  service.addRule("raised", {
    filter: "sup",
    replacement: (content) => (/^[^\s^]+$/.test(content) ? `^${content}^` : content),
  });
  service.addRule("table", {
    filter: "table",
    replacement: (_content, node) => {
      const rows = [...node.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " ").replaceAll("|", "\\|")));
      if (!rows.length) return "";
      const width = Math.max(...rows.map((row) => row.length));
      const lines = rows.map((row) => `| ${Array.from({ length: width }, (_, at) => row[at] ?? "").join(" | ")} |`);
      lines.splice(1, 0, `|${" --- |".repeat(width)}`);
      return `\n\n${lines.join("\n")}\n\n`;
    },
  });
  return service;
}

/** The Markdown of HTML, and what of it a letter cannot keep, in words. */
export function markdownOf(html) {
  // A document of its own: nothing in it runs, and nothing is fetched. The page's policy lets no
  // styles in, so they are read as data.
  const safe = html.replace(/<style\b[\s\S]*?<\/style>/gi, "").replace(/(<[^>]*?\s)style(\s*=)/gi, "$1data-style$2");
  const { body } = new DOMParser().parseFromString(safe, "text/html");
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const node of comments) node.remove();
  for (const node of body.querySelectorAll("o\\:p")) unwrap(node);
  for (const node of body.querySelectorAll("style, script, meta, title, link")) node.remove();
  const lost = takeOut(body);
  tagStyles(body);
  makeWordLists(body);
  mendLists(body);
  mendParagraphs(body);
  const markdown = converter().turndown(body.innerHTML.replaceAll("&nbsp;", " ").replaceAll("\u00a0", " "));
  return { markdown: markdown.replace(/[ \t]+$/gm, "").replace(/\n{3,}/g, "\n\n").trim(), lost };
}

/** What a paste puts into a letter; null where it is text as it is. */
export function pasted(data) {
  const html = data.getData("text/html");
  const text = data.getData("text/plain");
  // A template's own text, and what a program's editor gives, stays as it is.
  if (!html || SOURCE.test(text) || [...data.types].includes("vscode-editor-data")) return null;
  const found = markdownOf(html);
  return found.markdown || found.lost.length ? found : null;
}
