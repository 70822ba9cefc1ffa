import type { Milliseconds } from "../http/date.ts";
import type { CaptureBudget } from "./capture-budget.ts";
import type { Garbage } from "./garbage.ts";

/** How a body is kept while it passes. */
export type Keeping = {
  /** Larger bodies pass on unkept, in bytes. */
  readonly limit: number;
  readonly budget: CaptureBudget;
  /** Told of what was held and is held no more. */
  readonly garbage: Pick<Garbage, "add">;
  /** What Content-Length announced, if it did; a body of another length is not whole. */
  readonly announced: number | undefined;
  /** Called with the whole body before any reader learns of its end, so that whoever asks next finds it stored. */
  readonly whenWhole: (body: Blob) => Promise<void> | void;
  /** Called once it turns out that the body will not be kept after all. */
  readonly whenUnkept: () => void;
  /** Called once nothing more will come, for whatever reason. */
  readonly whenOver: () => void;
};

/** How far a body that is not kept may be ahead of its slowest reader, in bytes; then the others wait for that one. */
const MAX_AHEAD = 8 * 1024 * 1024;
/** How long they wait for one that takes nothing at all before it is cut off. */
const STUCK_MS: Milliseconds = 10_000;

/** One client's place in the body, as a number of chunks. */
type Reader = { position: number };

/**
 * One body of the origin for one client or several, who may join while it is still arriving. It is read at the pace of the fastest while
 * it is kept, and then at that of the slowest.
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
  /** Bytes in `#chunks`. */
  #ahead = 0;
  #held = 0;
  #lastChunkAt = performance.now();
  #moved = Promise.withResolvers<void>();
  #reading: Promise<void> | undefined;

  constructor(source: ReadableStream<Uint8Array>, keeping: Keeping) {
    const reader = source.getReader();
    this.#read = () => reader.read();
    this.#cancel = () => reader.cancel();
    this.#keeping = keeping;
  }

  /** Its length in bytes, where the origin stated it. */
  get announced(): number | undefined {
    return this.#keeping.announced;
  }

  /**
   * Whether a further reader would get the body from its start, and soon.
   * @param patience how long ago the last of it may have come
   */
  isJoinable(patience: Milliseconds): boolean {
    return this.#state === "arriving" && this.#kept && performance.now() - this.#lastChunkAt <= patience;
  }

  /** The body from its start for one client; to be called at first and while it is joinable. */
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
      if (!this.#kept && this.#ahead > MAX_AHEAD) await this.#slowest();
      else {
        this.#reading ??= this.#readOne();
        await this.#reading;
      }
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
    this.#ahead += bytes.byteLength;
    this.#lastChunkAt = performance.now();
    this.#chunks.push(bytes);
    const { limit, budget } = this.#keeping;
    if (this.#kept && this.#size <= limit && budget.take(bytes.byteLength)) this.#held += bytes.byteLength;
    else this.#keepNoLonger();
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
    const held = this.#held;
    if (this.#kept) this.#keeping.whenUnkept();
    this.#kept = false;
    this.#giveBack();
    this.#letGo();
    this.#keeping.garbage.add(held);
  }

  #giveBack(): void {
    this.#keeping.budget.give(this.#held);
    this.#held = 0;
  }

  /** Drops what every reader has had, once the body is not to be kept. */
  #letGo(): void {
    if (this.#kept || this.#readers.size === 0) return;
    const slowest = Math.min(...[...this.#readers].map(({ position }) => position));
    if (slowest === this.#gone) return;
    for (const chunk of this.#chunks.splice(0, slowest - this.#gone)) this.#ahead -= chunk.byteLength;
    this.#gone = slowest;
    this.#moved.resolve();
    this.#moved = Promise.withResolvers<void>();
  }

  /** Resolves once the slowest reader has moved on, or was cut off because it did not. */
  async #slowest(): Promise<void> {
    const before = this.#gone;
    const moved = this.#moved;
    const timer = setTimeout(moved.resolve, STUCK_MS);
    await moved.promise;
    clearTimeout(timer);
    if (this.#gone > before) return;
    for (const reader of this.#readers) if (reader.position === before) this.#readers.delete(reader);
    this.#letGo();
  }

  /** The last one to leave takes the request to the origin with it. */
  #leave(reader: Reader): void {
    this.#readers.delete(reader);
    this.#letGo();
    if (this.#readers.size > 0) return;
    this.#chunks = [];
    if (this.#kept) this.#keeping.garbage.add(this.#size);
    if (this.#state !== "arriving") return;
    this.#over("broken");
    // It may have broken off by itself meanwhile, which is as good.
    this.#cancel().catch(() => undefined);
  }
}
