// The line to the program: what it tells this tab, and what this tab asks.

export const desk = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
  byte.toString(16).padStart(2, "0"),
).join("");

export class Refused extends Error {
  constructor(status, content) {
    super(`answer ${status}`);
    this.status = status;
    this.content = content;
  }
}

/** What the program cannot be asked: it has ended, or does not answer. */
const UNREACHABLE = {
  problems: [{ level: "error", code: "no-connection", message: "`advocacy preview` cannot be reached.", hint: "Nothing was saved. Your text stays in this tab." }],
};
// Whoever asked has been told already: by the line at the top, or in its own place.
addEventListener("unhandledrejection", (event) => event.reason instanceof Refused && event.preventDefault());

let lose = () => {};
let beSilent = () => {};
const pending = new Set(); // the questions that have no answer yet, each with when it was asked

/** Tells whether a question has had no answer for long: the program may be paused. */
function lookForSilence() {
  const now = Date.now();
  beSilent([...pending].some(({ asked }) => now - asked >= SILENT));
}
let line = null;
let ready = Promise.resolve();

async function ask(path, options) {
  wake();
  await ready;
  let response;
  const question = { asked: Date.now() };
  pending.add(question);
  setTimeout(lookForSilence, SILENT + 50);
  try {
    response = await fetch(path, options);
  } catch {
    lose();
    throw new Refused(0, UNREACHABLE);
  } finally {
    pending.delete(question);
    lookForSilence();
  }
  if (response.status === 204) return null;
  const content = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, content);
  return content;
}

/** Asks with GET. */
export async function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return ask(`${path}?${new URLSearchParams({ desk, ...Object.fromEntries(given) })}`);
}

/** A text in which half a character, as a bad paste leaves it, is U+FFFD: no file can hold a half. */
const whole = (text) => text.toWellFormed?.() ?? text;

/** Asks with POST; the answer, or Refused with what it says. */
export async function post(path, content) {
  return ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ desk, ...content }, (_, value) => (typeof value === "string" ? whole(value) : value)),
  });
}

const SILENT = 4000;
const HIDDEN = 20_000;
const MOST_LINES = 4;
const AGAIN = 2000;
let wake = () => {};

/**
 * Keeps the line open. `told` gets the kind and the fresh parts of each event, `silent` whether a
 * question has had no answer for long.
 *
 * A browser keeps six lines to one place at most. So a tab that nobody sees gives its own back, and
 * so does one after which four others have opened theirs. It opens it again when it is used.
 */
export function listen({ opened, told, lost, silent }) {
  let ended = false;
  let timer = null;
  let later = 0;
  const others = new BroadcastChannel(location.pathname);
  lose = lost;
  beSilent = silent;
  const open = () => {
    const mine = (line = new EventSource(`events?desk=${desk}`));
    later = 0;
    others.postMessage(desk);
    ready = new Promise((resolve) => {
      mine.addEventListener("open", resolve);
      mine.addEventListener("error", resolve);
    });
    mine.addEventListener("open", () => {
      if (mine === line) opened();
    });
    for (const kind of ["letter", "paper", "more"]) {
      mine.addEventListener(kind, (event) => mine === line && told(kind, JSON.parse(event.data)));
    }
    const failed = (event) => {
      if (mine !== line || ended) return;
      // After an error the browser tries again by itself. After a goodbye the program may be
      // started again, at the same address.
      ended = mine.readyState === EventSource.CLOSED;
      if (ended || event.type === "bye") mine.close();
      if (event.type === "bye") setTimeout(() => mine === line && open(), AGAIN);
      lost();
    };
    mine.addEventListener("bye", failed);
    mine.addEventListener("error", failed);
  };
  const giveBack = () => {
    line?.close();
    line = null;
  };
  wake = () => {
    if (line === null && !ended) open();
  };
  others.addEventListener("message", () => {
    later += 1;
    if (later >= MOST_LINES && !ended) giveBack();
  });
  for (const used of ["focus", "pointerdown", "keydown"]) addEventListener(used, () => wake(), true);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (ended) return;
    if (document.hidden) timer = setTimeout(giveBack, HIDDEN);
    else wake();
  });
  open();
}
