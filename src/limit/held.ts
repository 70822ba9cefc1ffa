import type { Arriving } from "../http/origin.ts";
import { passage } from "../http/passage.ts";

/** The same response, which says once nothing more of its content will come: it was read to its end, broke off, or is not wanted. */
export class Held implements Arriving {
  readonly #response: Arriving;
  readonly #whenOver: () => void;
  #body: ReadableStream<Uint8Array<ArrayBuffer>> | null | undefined;

  /** @param whenOver may be called more than once */
  constructor(response: Arriving, whenOver: () => void) {
    this.#response = response;
    this.#whenOver = whenOver;
  }

  get status(): number {
    return this.#response.status;
  }

  get bodyUsed(): boolean {
    return this.#response.bodyUsed;
  }

  /** Looked at only by who wants a stream: it makes one of what could be read whole at a fourth of the cost. */
  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#body === undefined) {
      const { body } = this.#response;
      this.#body = body && passage(body, this.#whenOver);
      if (body === null) this.#whenOver();
    }
    return this.#body;
  }

  async blob(): ReturnType<Arriving["blob"]> {
    try {
      return await this.#response.blob();
    } finally {
      this.#whenOver();
    }
  }
}
