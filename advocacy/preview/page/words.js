// The commands of a template in plain words: `{{ cite("ibm") }}` is “note: IBM 2020”.

import { el } from "./dom.js";

const NAME = /^[A-Za-z_][\w.]*(?:\[\d+\][\w.]*)*$/;
const CALL = /^(cite|quote|fact)\(\s*"([^"\n]+)"\s*\)$/;
const CONDITION = /^-?\s*(if|elif)\s+(.+?)\s*-?$/;
const OPERATORS = [
  [/\s*==\s*/g, " is "], [/\s*!=\s*/g, " is not "], [/\s*>=\s*/g, " is at least "], [/\s*<=\s*/g, " is at most "],
  [/\s*>\s*/g, " is more than "], [/\s*<\s*/g, " is less than "],
];
const KINDS = { cite: "note", quote: "quotation", fact: "statement" };
const MOST = 48;
const FILTERS = {
  upper: (words) => words.toUpperCase(),
  lower: (words) => words.toLowerCase(),
  capitalize: (words) => words.slice(0, 1).toUpperCase() + words.slice(1).toLowerCase(),
};

/** The commands of a line: what they are, and where they begin and end. */
export function commandsOf(line) {
  const found = [];
  for (const match of line.matchAll(/\{#[\s\S]*?#\}|\{\{(?:"[^"]*"|'[^']*'|[^{}])*\}\}|\{%(?:"[^"]*"|'[^']*'|[^%]|%(?!\}))*%\}/g)) {
    const [text] = match;
    if (!text.startsWith("{#")) found.push({ text, from: match.index, to: match.index + text.length });
  }
  return found;
}

const short = (text) => (text.length > MOST ? `${text.slice(0, MOST - 1).trimEnd()}…` : text);

const FIXED = { "loop.index": "number" };

/** `recipient.last_name` as words: “last name”. */
function named(path) {
  return FIXED[path] ?? path.split(".").at(-1).replace(/\[\d+\]/g, "").replaceAll("_", " ");
}

/** `recipient.last_name` with whose it is: “recipient last name”. */
const inFull = (path) => FIXED[path] ?? path.replaceAll(/[._]/g, " ").replace(/\[(\d+)\]/g, (_, number) => ` ${Number(number) + 1}`);

/** What a value prints behind its filters; a filter that is not known here is named. */
function filtered(words, filters) {
  const names = filters.split("|").slice(1).map((one) => one.trim());
  return names.reduce((now, name) => FILTERS[name]?.(now) ?? `${now}, ${name.replaceAll("_", " ")}`, words);
}

/** A condition in words: “if Judiciary in committees”. */
function condition(code) {
  let words = code;
  for (const [sign, word] of OPERATORS) words = words.replace(sign, word);
  return words
    .split(/("[^"]*"|'[^']*')/)
    .map((part, at) => (at % 2 ? part.slice(1, -1) : part.replace(/[A-Za-z_]\w*(?:\.\w+)+/g, named)))
    .join("");
}

/** What a command is: its kind, its argument, and the words that stand for it. */
export function describe(text, known) {
  const signs = { start: text.match(/^..([-+]?)/)[1], end: text.match(/([-+]?)..$/)[1] };
  return { ...described(text, known), signs };
}

function described(text, known) {
  const inner = text.slice(2, -2).replace(/^[-+]|[-+]$/g, "").trim();
  if (text.startsWith("{{")) {
    const call = inner.match(CALL);
    if (call) {
      const [, kind, id] = call;
      const fact = (known.facts ?? []).find((one) => one.id === id);
      const what = !fact ? id : kind === "cite" ? fact.short : kind === "quote" ? `“${fact.quote || fact.statement}”` : fact.statement;
      return { kind, id, words: short(`${KINDS[kind]}: ${what}`), missing: !fact && (known.facts ?? []).length > 0 };
    }
    if (/^(cite|quote|fact)\(/.test(inner)) return { kind: "other", words: KINDS[inner.match(/^\w+/)[0]] };
    const bare = inner.replace(/\s*\|.*$/, "");
    if (NAME.test(bare)) {
      const prints = (known.variables ?? []).find((one) => one.name === bare)?.prints;
      // A name that no letter prints by itself, as those of a loop, keeps its first word.
      const filters = inner.slice(bare.length);
      return { kind: "value", name: bare, filters, words: short(filtered(prints || inFull(bare), filters)) };
    }
    return { kind: "other", words: short(inner) };
  }
  const asked = inner.match(CONDITION);
  if (asked) {
    const begins = asked[1] === "if" ? "if" : "otherwise, if";
    const plain = asked[2].match(/^(not\s+)?([A-Za-z_][\w.]*)$/);
    return { kind: "condition", not: Boolean(plain?.[1]), name: plain?.[2] ?? null, begins: asked[1], words: short(`${begins} ${condition(asked[2])}`) };
  }
  const loop = inner.match(/^for\s+(\w+)\s+in\s+(.+)$/);
  if (loop) return { kind: "other", words: short(`for each ${named(loop[1])} of ${condition(loop[2]).replace(/^.*\./, "")}`) };
  const part = inner.match(/^include\s+"([^"]+)"$/);
  if (part) return { kind: "part", name: part[1], words: short(`text: ${part[1].replace(/^partials\//, "").replace(/\.\w+$/, "").replace(/[-_]/g, " ")}`) };
  const fixed = { else: "otherwise", endif: "end of if", endfor: "end of each" }[inner];
  return { kind: "other", words: fixed ?? short(inner.replace(/^set\s+(\w+)\s*=\s*/, "set $1 to ")) };
}

/** A text of a letter, with words in place of its commands, as the editor shows them. */
export function withWords(text, known) {
  const parts = [];
  let end = 0;
  for (const one of commandsOf(text)) {
    parts.push(text.slice(end, one.from), el("span", { className: "command" }, describe(one.text, known).words));
    end = one.to;
  }
  return [...parts, text.slice(end)].filter((part) => part !== "");
}

/** What a command can be changed to by choice: fields with options, and how to write each choice. */
export function choicesOf(found, known) {
  const option = (value, label) => ({ value, label: label.length > 90 ? `${label.slice(0, 89)}…` : label });
  const values = (known.variables ?? []).map((one) => option(one.name, [inFull(one.name), one.prints].filter(Boolean).join(": ")));
  // The signs that take away empty space stay as they are.
  const { start, end } = found.signs;
  const value = (inner) => `{{${start} ${inner} ${end}}}`;
  const statement = (inner) => `{%${start} ${inner} ${end}%}`;
  if (found.kind in KINDS) {
    const isQuoted = found.kind === "quote" || (known.facts ?? []).some((one) => one.id === found.id && one.quote);
    const facts = (known.facts ?? []).filter((one) => found.kind !== "quote" || one.quote || one.id === found.id);
    return [
      {
        label: "Show it as", value: found.kind, write: (kind) => value(`${kind}("${found.id}")`),
        options: [
          option("cite", "a note with the source"),
          ...(isQuoted ? [option("quote", "a quotation with a note")] : []),
          option("fact", "a statement with a note"),
        ],
      },
      {
        label: "Fact", value: found.id, write: (id) => value(`${found.kind}("${id}")`),
        options: facts.map((one) => option(one.id, `${one.short}: ${one.statement}`)),
      },
    ];
  }
  if (found.kind === "value") return [{ label: "Print", value: found.name, options: values, write: (name) => value(`${name}${found.filters}`) }];
  if (found.kind === "part") {
    const parts = (known.partials ?? []).map((name) => option(name, name.replace(/^partials\//, "")));
    return [{ label: "Text", value: found.name, options: parts, write: (name) => statement(`include "${name}"`) }];
  }
  if (found.kind === "condition" && found.name) {
    const write = (not, name) => statement(`${found.begins} ${not ? "not " : ""}${name}`);
    return [
      {
        label: "If", value: found.not ? "no" : "yes", options: [option("yes", "there is"), option("no", "there is no")],
        write: (choice) => write(choice === "no", found.name),
      },
      { label: "Field", value: found.name, options: values, write: (name) => write(found.not, name) },
    ];
  }
  return [];
}
