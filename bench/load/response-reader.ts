const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");
const NOTHING = Buffer.alloc(0);

/** Finds out when a response is complete, keeping nothing of its content. Bytes of one response at a time: nothing is pipelined. */
export class ResponseReader {
  #head: Buffer = NOTHING;
  /** Bytes of content that are still to come; undefined before the header section is there. */
  #left: number | "chunked" | undefined;
  /** The last bytes of what came in chunks, in which its end may have begun. */
  #tail: Buffer = NOTHING;
  #status = 0;
  #closes = false;

  /** Takes what came. Gives the status, and whether the connection ends with it, once all of the response is there. */
  take(bytes: Buffer): { readonly status: number; readonly closes: boolean } | undefined {
    const content = this.#left === undefined ? this.#takeHead(bytes) : bytes;
    if (content === undefined || !this.#isWhole(content)) return undefined;
    this.#left = undefined;
    this.#tail = NOTHING;
    return { status: this.#status, closes: this.#closes };
  }

  /** What is behind the header section, once that is there. */
  #takeHead(bytes: Buffer): Buffer | undefined {
    const all = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const end = all.indexOf(HEAD_END);
    if (end < 0) {
      this.#head = Buffer.from(all);
      return undefined;
    }
    this.#head = NOTHING;
    const head = all.toString("latin1", 0, end);
    this.#status = Number(head.slice(9, 12));
    this.#closes = /\r\nconnection: *close/i.test(head);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#left =
      length === undefined ? (/\r\ntransfer-encoding: *chunked/i.test(head) ? "chunked" : 0) : Number(length);
    return all.subarray(end + HEAD_END.length);
  }

  #isWhole(content: Buffer): boolean {
    if (typeof this.#left === "number") {
      this.#left -= content.length;
      return this.#left <= 0;
    }
    this.#tail = Buffer.concat([this.#tail, content]).subarray(-LAST_CHUNK.length);
    return this.#tail.equals(LAST_CHUNK);
  }
}
