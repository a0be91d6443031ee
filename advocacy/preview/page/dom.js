// Small helpers for building the page.

export const $ = (id) => document.getElementById(id);

/** An element with properties (attributes where the name has a dash) and children. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.includes("-") || name === "role" || name === "for") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Text in which `code` is set as code; days outside of code are in words. */
export function withCode(text) {
  return text.split(/`([^`]+)`/).map((part, at) => (at % 2 ? el("code", {}, part) : daysInWords(part)));
}

/** Text with `June 10, 2020` in place of `2020-06-10`. */
export const daysInWords = (text) => text.replace(/\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b/g, inWords);

/** Calls `work` at most every `pause` ms, and once more after the last call, with what it was given. */
export function paced(work, pause) {
  let timer = null;
  let again = null;
  const run = () => {
    timer = setTimeout(() => {
      timer = null;
      if (again === null) return;
      const given = again;
      again = null;
      run();
      work(...given);
    }, pause);
  };
  return (...given) => {
    if (timer !== null) {
      again = given;
      return;
    }
    run();
    work(...given);
  };
}

/** Puts options into a select, and keeps the element as it is if nothing is new. */
export function setOptions(select, options, value) {
  const key = JSON.stringify(options);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(
      ...options.map((option) =>
        option.options
          ? (() => {
              const group = el("optgroup", { label: option.label });
              group.append(...option.options.map((one) => el("option", { value: one.value }, one.label)));
              return group;
            })()
          : el("option", { value: option.value }, option.label),
      ),
    );
  }
  if (value !== undefined && select.value !== value) select.value = value;
}

/** `June 10, 2020` of `2020-06-10`. */
export function inWords(day) {
  const [year, month, date] = day.split("-").map(Number);
  const names = ["January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December"];
  return `${names[month - 1]} ${date}, ${year}`;
}

/** Where the command ends in which a place of a text stands; null outside of commands. */
export function commandEnd(text, at) {
  const open = Math.max(text.lastIndexOf("{{", at - 1), text.lastIndexOf("{%", at - 1));
  if (open < 0 || at < open + 2) return null;
  const close = text.slice(open).search(/[}%]\}/);
  return close < 0 || open + close + 2 <= at ? null : open + close + 2;
}

/** `June 10, 2020, 3:15 PM` of a time with its zone, as of this machine. */
export function timeInWords(when, more = {}) {
  const moment = new Date(when);
  const day = `${moment.getFullYear()}-${moment.getMonth() + 1}-${moment.getDate()}`;
  return `${inWords(day)}, ${moment.toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", ...more })}`;
}

/** Puts a text on the clipboard. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A browser may refuse that; it copies what is selected.
    const area = el("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
