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

/** Keeps the line open. `told` gets the kind and the fresh parts of each event. */
export function listen({ opened, told, lost }) {
  const line = new EventSource(`events?desk=${desk}`);
  line.addEventListener("open", opened);
  for (const kind of ["letter", "paper", "more"]) {
    line.addEventListener(kind, (event) => told(kind, JSON.parse(event.data)));
  }
  line.addEventListener("bye", () => {
    line.close();
    lost();
  });
  line.addEventListener("error", () => {
    if (line.readyState === EventSource.CLOSED) lost();
    else setTimeout(() => line.readyState !== EventSource.OPEN && lost(), 4000);
  });
}
