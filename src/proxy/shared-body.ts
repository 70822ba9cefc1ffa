import type { CaptureBudget } from "./capture-budget.ts";

/** How a body is kept while it passes. */
export type Keeping = {
  /** Larger bodies pass on unkept, in bytes. */
  readonly limit: number;
  readonly budget: CaptureBudget;
  /** What Content-Length announced, if it did; a body of another length is not whole. */
  readonly announced: number | undefined;
  /** Called with the whole body before any reader learns of its end, so that whoever asks next finds it stored. */
  readonly whenWhole: (body: Blob) => Promise<void> | void;
  /** Called once nothing more will come, for whatever reason. */
  readonly whenOver: () => void;
};

/** How far one reader may be behind the source once the body is not kept any longer, in bytes. */
const MAX_LAG = 8 * 1024 * 1024;

/** One client's place in the body, as a number of chunks. */
type Reader = { position: number };

/**
 * One body of the origin for one client or several, who may join while it is still arriving. It is read at the pace of the fastest.
 * It is handed to `whenWhole` only if it came to its proven end: not when it broke off, nor when every reader left, nor when it outgrew
 * the limit or the budget.
 */
export class SharedBody {
  readonly #read: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  readonly #cancel: () => Promise<void>;
  readonly #keeping: Keeping;
  readonly #readers = new Set<Reader>();
  #state: "arriving" | "ended" | "broken" = "arriving";
  #kept = true;
  #chunks: Uint8Array[] = [];
  /** How many chunks were let go of before the first of `#chunks`. */
  #gone = 0;
  #size = 0;
  #held = 0;
  #reading: Promise<void> | undefined;

  constructor(source: ReadableStream<Uint8Array>, keeping: Keeping) {
    const reader = source.getReader();
    this.#read = () => reader.read();
    this.#cancel = () => reader.cancel();
    this.#keeping = keeping;
  }

  /** Whether a further reader would get the body from its start. */
  get joinable(): boolean {
    return this.#state === "arriving" && this.#kept;
  }

  /** The body from its start for one client; to be called while it is joinable. */
  read(): ReadableStream<Uint8Array> {
    const reader: Reader = { position: 0 };
    this.#readers.add(reader);
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const next = await this.#next(reader);
        if (next === "broken") {
          this.#leave(reader);
          // Without a reason, since Bun prints one to the terminal; the client's connection is reset all the same.
          controller.error(undefined);
        } else if (next === "end") {
          this.#leave(reader);
          controller.close();
        } else controller.enqueue(next);
      },
      cancel: () => this.#leave(reader),
    });
  }

  async #next(reader: Reader): Promise<Uint8Array | "end" | "broken"> {
    for (;;) {
      // Cut off, for having fallen too far behind.
      if (!this.#readers.has(reader)) return "broken";
      const chunk = this.#chunks[reader.position - this.#gone];
      if (chunk !== undefined) {
        reader.position++;
        this.#letGo();
        return chunk;
      }
      if (this.#state !== "arriving") return this.#state === "ended" ? "end" : "broken";
      this.#reading ??= this.#readOne();
      await this.#reading;
    }
  }

  async #readOne(): Promise<void> {
    try {
      const { value } = await this.#read();
      // A source that was cancelled says that it has ended, which proves nothing.
      if (this.#state !== "arriving") return;
      if (value === undefined) await this.#end();
      else this.#take(value);
    } catch {
      this.#over("broken");
    } finally {
      this.#reading = undefined;
    }
  }

  #take(bytes: Uint8Array): void {
    this.#size += bytes.byteLength;
    this.#chunks.push(bytes);
    const { limit, budget } = this.#keeping;
    if (this.#kept && this.#size <= limit && budget.take(bytes.byteLength)) this.#held += bytes.byteLength;
    else this.#keepNoLonger();
    this.#cutLaggards();
  }

  async #end(): Promise<void> {
    const { announced, whenWhole } = this.#keeping;
    const whole = announced === undefined || announced === this.#size;
    if (this.#kept && whole) await whenWhole(new Blob(this.#chunks));
    this.#over("ended");
  }

  #over(state: "ended" | "broken"): void {
    if (this.#state !== "arriving") return;
    this.#state = state;
    this.#giveBack();
    this.#keeping.whenOver();
  }

  #keepNoLonger(): void {
    this.#kept = false;
    this.#giveBack();
    this.#letGo();
  }

  #giveBack(): void {
    this.#keeping.budget.give(this.#held);
    this.#held = 0;
  }

  /** Drops what every reader has had, once the body is not to be kept. */
  #letGo(): void {
    if (this.#kept || this.#readers.size === 0) return;
    const slowest = Math.min(...[...this.#readers].map(({ position }) => position));
    this.#chunks.splice(0, slowest - this.#gone);
    this.#gone = slowest;
  }

  /** One that does not read must not make us hold all that the others have read. */
  #cutLaggards(): void {
    if (this.#kept || this.#readers.size < 2) return;
    let lag = 0;
    for (let i = this.#chunks.length - 1; i >= 0; i--) {
      lag += this.#chunks[i]?.byteLength ?? 0;
      if (lag <= Math.max(MAX_LAG, this.#keeping.limit)) continue;
      for (const reader of this.#readers) if (reader.position - this.#gone <= i) this.#readers.delete(reader);
      this.#letGo();
      return;
    }
  }

  /** The last one to leave takes the request to the origin with it. */
  #leave(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0 || this.#state !== "arriving") return;
    this.#over("broken");
    this.#chunks = [];
    // It may have broken off by itself meanwhile, which is as good.
    this.#cancel().catch(() => undefined);
  }
}
