import type { Entry } from "./entry.ts";
import type { Policy } from "./policy.ts";
import { Queue } from "./queue.ts";
import { Remembered } from "./remembered.ts";

const SMALL = 0;
const MAIN = 1;
/** What a remembered object weighs in a Map. */
const GHOST_BYTES = 24;

/**
 * S3-FIFO (Yang et al., SOSP 2023): a tenth of the bytes is for newcomers. Who was asked for more than once there, or comes back soon after,
 * goes on to the main queue, where each use, of three at most, means another round.
 */
export class S3FifoAsPublished implements Policy {
  readonly #small = new Queue(SMALL);
  readonly #main = new Queue(MAIN);
  readonly #ghosts = new Remembered();
  readonly #smallBytes: number;
  #entries = 0;

  constructor(maxBytes: number) {
    this.#smallBytes = maxBytes / 10;
  }

  get bytes(): number {
    return this.#ghosts.size * GHOST_BYTES;
  }

  added(entry: Entry): void {
    this.#entries++;
    (this.#ghosts.forget(entry.object) ? this.#main : this.#small).push(entry);
  }

  used(entry: Entry): void {
    if (entry.uses < 3) entry.uses++;
  }

  evict(spared: Entry): Entry | undefined {
    if (this.#entries < 2) return undefined;
    for (;;) {
      const fromSmall = this.#small.bytes > this.#smallBytes ? this.#fromSmall(spared) : undefined;
      const victim = fromSmall ?? this.#fromMain(spared) ?? this.#fromSmall(spared);
      if (victim === undefined) continue;
      this.#entries--;
      return victim;
    }
  }

  #fromSmall(spared: Entry): Entry | undefined {
    for (let entry = this.#small.oldest; entry !== undefined; entry = this.#small.oldest) {
      this.#small.remove(entry);
      if (entry.uses < 2 && entry !== spared) {
        this.#ghosts.remember(entry.object, this.#entries);
        return entry;
      }
      entry.uses = 0;
      this.#main.push(entry);
    }
    return undefined;
  }

  #fromMain(spared: Entry): Entry | undefined {
    for (let entry = this.#main.oldest; entry !== undefined; entry = this.#main.oldest) {
      if (entry === spared && entry.newer === undefined) return undefined;
      this.#main.remove(entry);
      if (entry.uses === 0 && entry !== spared) return entry;
      if (entry.uses > 0) entry.uses--;
      this.#main.push(entry);
    }
    return undefined;
  }
}
