import type { Entry } from "./entry.ts";
import type { Capacity, Policy } from "./policy.ts";
import { Queue } from "./queue.ts";
import { Sketch } from "./sketch.ts";

const WINDOW = 0;
const PROBATION = 1;
const PROTECTED = 2;

/**
 * W-TinyLFU (Einziger et al., ACM TOS 2017) with a window that keeps its size: newcomers pass through an LRU of a hundredth of the bytes; who
 * leaves it stays if it was asked for more often lately than who would have to go.
 */
export class WTinyLfu implements Policy {
  readonly #queues = [new Queue(WINDOW), new Queue(PROBATION), new Queue(PROTECTED)] as const;
  readonly #windowBytes: number;
  readonly #protectedBytes: number;
  readonly #sketch: Sketch;
  #entries = 0;
  /** Who has left the window with the last put, and may yet be refused. */
  #candidates: Entry[] = [];

  constructor({ bytes, entries }: Capacity) {
    this.#windowBytes = bytes / 100;
    this.#protectedBytes = (bytes - this.#windowBytes) * 0.8;
    this.#sketch = new Sketch(entries);
  }

  get bytes(): number {
    return this.#sketch.bytes;
  }

  added(entry: Entry): void {
    const [window, probation] = this.#queues;
    this.#candidates = [];
    this.#entries++;
    this.#sketch.add(entry.object);
    window.push(entry);
    for (let { oldest } = window; oldest !== undefined && window.bytes > this.#windowBytes; oldest = window.oldest) {
      window.remove(oldest);
      probation.push(oldest);
      this.#candidates.push(oldest);
    }
  }

  used(entry: Entry): void {
    this.#sketch.add(entry.object);
    const [window, probation, guarded] = this.#queues;
    this.#queueOf(entry).remove(entry);
    if (entry.queue === WINDOW) {
      window.push(entry);
      return;
    }
    guarded.push(entry);
    while (guarded.bytes > this.#protectedBytes && guarded.oldest !== undefined) {
      const { oldest } = guarded;
      guarded.remove(oldest);
      probation.push(oldest);
    }
  }

  evict(spared: Entry): Entry | undefined {
    if (this.#entries < 2) return undefined;
    const gone = this.#loser(spared);
    if (gone === undefined) return undefined;
    this.#entries--;
    this.#queueOf(gone).remove(gone);
    return gone;
  }

  /** The candidate, or the least recently used of the others where it was asked for less. */
  #loser(spared: Entry): Entry | undefined {
    const [window, probation, guarded] = this.#queues;
    const [candidate] = this.#candidates;
    const first = (queue: Queue): Entry | undefined => {
      let { oldest } = queue;
      while (oldest !== undefined && (oldest === spared || this.#candidates.includes(oldest))) oldest = oldest.newer;
      return oldest;
    };
    const victim = first(probation) ?? first(guarded) ?? first(window);
    if (candidate === undefined || candidate === spared) return victim;
    if (victim !== undefined && this.#sketch.count(candidate.object) > this.#sketch.count(victim.object)) return victim;
    this.#candidates.shift();
    return candidate;
  }

  #queueOf(entry: Entry): Queue {
    const [window, probation, guarded] = this.#queues;
    if (entry.queue === WINDOW) return window;
    return entry.queue === PROBATION ? probation : guarded;
  }
}
