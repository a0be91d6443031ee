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

async function answered(response) {
  if (response.status === 204) return null;
  const content = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, content);
  return content;
}

/** Asks with GET. */
export async function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return answered(await fetch(`${path}?${new URLSearchParams({ desk, ...Object.fromEntries(given) })}`));
}

/** Asks with POST; the answer, or Refused with what it says. */
export async function post(path, content) {
  return answered(
    await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ desk, ...content }),
    }),
  );
}

const HIDDEN = 20_000;

/**
 * Keeps the line open. `told` gets the kind and the fresh parts of each event.
 *
 * A browser keeps six lines to one place at most: a tab that nobody sees gives its own back.
 */
export function listen({ opened, told, lost }) {
  let line = null;
  let ended = false;
  let timer = null;
  const open = () => {
    const mine = (line = new EventSource(`events?desk=${desk}`));
    mine.addEventListener("open", opened);
    for (const kind of ["letter", "paper", "more"]) {
      mine.addEventListener(kind, (event) => told(kind, JSON.parse(event.data)));
    }
    const end = () => {
      if (mine !== line || ended) return;
      mine.close();
      ended = true;
      lost();
    };
    mine.addEventListener("bye", end);
    mine.addEventListener("error", () => {
      if (mine.readyState === EventSource.CLOSED) end();
      else setTimeout(() => mine.readyState === EventSource.CONNECTING && end(), 5000);
    });
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (ended) return;
    if (document.hidden) {
      timer = setTimeout(() => {
        line?.close();
        line = null;
      }, HIDDEN);
    } else if (line === null) {
      open();
    }
  });
  open();
}
