/** The bot's side of the page: three requests. */

const WAIT_MS = 20_000;

/** Why a request has no answer: `away` (nobody answers, or not as agreed) or `denied` (no valid sign-in). */
export class NoAnswer extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

export class Service {
  /** @param {string} base address of the bot, ending with a slash */
  constructor(base) {
    this.base = base;
  }

  /** What the page shows around the answers: document, examples, words, and what the bot offers. */
  settings() {
    return this.#request("settings");
  }

  /** @returns {{custom: object, lead: string[], notes: string[], copy: string}} exactly one answer */
  async ask(sender, message, answer) {
    const reply = await this.#request("messages", { sender, message, answer });
    if (!reply?.custom?.kind) throw new NoAnswer("away");
    return reply;
  }

  mark(sender, answer, mark, remark) {
    return this.#request("feedback", { sender, answer, mark, remark });
  }

  async #request(path, body) {
    let response, content;
    try {
      response = await fetch(new URL(`webhooks/page/${path}`, this.base), {
        ...(body && {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(body),
        }),
        cache: "no-store",
        signal: AbortSignal.timeout(WAIT_MS),
      });
      content = response.status === 204 ? null : await response.json();
    } catch {
      // No connection, too late, or a proxy's own page instead of JSON.
      throw new NoAnswer(denies(response) ? "denied" : "away");
    }
    if (denies(response)) throw new NoAnswer("denied");
    // Of a message that it cannot take, the bot says in its answer what is wrong.
    if (!response.ok && path !== "messages") throw new NoAnswer("away");
    return content;
  }
}

function denies(response) {
  return response?.status === 401 || response?.status === 403;
}

/** A random UUID; `randomUUID` is there on https and on this machine only. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
