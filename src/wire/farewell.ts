import type { Milliseconds } from "../http/date.ts";

/** After so long without a new request all who were about to send one have. */
const LULL: Milliseconds = 100;
/** Where requests never cease. */
const LONGEST: Milliseconds = 1000;

/**
 * How a server stops without losing a request. As it stops, Bun closes every connection on which no request is under way that it knows of,
 * also one whose next request lies unread in the system's buffer. So what comes is held until there is a lull: then whoever is going to send
 * something has, his connection stays, and he is answered once the port is closed.
 */
export class Farewell {
  readonly #said = Promise.withResolvers<void>();
  #came = 0;

  /** Holds a request until the port is closed. */
  async held<T>(answer: () => T | Promise<T>): Promise<T> {
    this.#came++;
    await this.#said.promise;
    return await answer();
  }

  /** Resolves once requests have ceased to come, or will not. */
  async lull(): Promise<void> {
    let before = Number.NaN;
    for (let waited = 0; before !== this.#came && waited < LONGEST; waited += LULL) {
      before = this.#came;
      await Bun.sleep(LULL);
    }
  }

  /** Lets what is held be answered. */
  say(): void {
    this.#said.resolve();
  }
}

/** Tells the client to send nothing more on this connection (RFC 9112 §9.6). */
export function lastOne(response: Response): Response {
  response.headers.set("connection", "close");
  return response;
}
