import type { Clock } from "../../caching/moment.ts";
import type { Milliseconds } from "../../http/date.ts";
import { Breaker, USUALLY } from "../remote/breaker.ts";
import { Refusals } from "../remote/refusals.ts";
import { within } from "../remote/within.ts";
import { type Mark, purged, writeGeneration } from "./generation.ts";
import { isRefusal, type Line } from "./line.ts";
import type { Names } from "./names.ts";

/** How long a server may take for one step: what a client waits for, what nobody waits for, and what must not be lost. */
export type Patience = Readonly<Record<"read" | "write" | "purge", Milliseconds>>;

export const PATIENCE: Patience = { read: 40, write: 1000, purge: 250 };

/** What the dealings with a server rest on. */
export type ServerParts = {
  /** Reads and invalidations never wait behind what is being written. */
  readonly reads: Line;
  readonly writes: Line;
  readonly names: Names;
  /** As a person may see it. */
  readonly shown: string;
  /** What tells this process from others. */
  readonly self: string;
  readonly patience: Patience;
  readonly clock: Clock;
  readonly report: (error: unknown) => void;
  readonly sleep: (length: Milliseconds) => Promise<void>;
};

/**
 * The dealings with one memcached, also while it is away: then nothing is read or written, and where an invalidation did not reach it,
 * all that it holds is dropped before anything is read again.
 */
export class Server {
  readonly #parts: ServerParts;
  readonly #breaker: Breaker;
  /** How many invalidations were lost, and how many of them are made up for. */
  #lost = 0;
  #madeUp = 0;
  readonly #refusals = new Refusals();
  #failures = 0;
  #unwritten = 0;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    const { shown, report, sleep, clock } = parts;
    this.#breaker = new Breaker({
      ...USUALLY,
      steady: () => clock().steady,
      sleep,
      probe: () => this.#probe(),
      isReady: () => this.#madeUp === this.#lost,
      onOpen: (error) =>
        report(new Error(`memcached at ${shown} does not answer: it is left out until it does`, { cause: error })),
      onClose: () => report(new Error(`memcached at ${shown} answers again`)),
    });
  }

  get reads(): Line {
    return this.#parts.reads;
  }

  get writes(): Line {
    return this.#parts.writes;
  }

  get patience(): Patience {
    return this.#parts.patience;
  }

  /** How often something was not done that nobody was told of one by one, and how many responses were not written. */
  get undone(): { readonly failures: number; readonly unwritten: number } {
    return { failures: this.#failures, unwritten: this.#unwritten };
  }

  /** Whether it is not to be read from now, which is a miss. */
  isPassedOver(): boolean {
    if (this.isAway) this.#failures++;
    return this.isAway;
  }

  /** Whether it is left alone for now. */
  get isAway(): boolean {
    return this.#breaker.isOpen;
  }

  /** Finds out whether it is there, and leaves it alone until then. */
  async start(): Promise<void> {
    try {
      await within(this.patience.purge, this.reads.version());
    } catch (error) {
      this.#breaker.trip(error);
    }
  }

  /**
   * Waits for one step.
   * @throws where that takes longer than `patience`, or fails
   */
  async step<T>(patience: Milliseconds, underWay: Promise<T>): Promise<T> {
    const began = this.#parts.clock().steady;
    try {
      const got = await within(patience, underWay);
      this.#breaker.succeeded();
      return got;
    } catch (error) {
      // Who refuses is there.
      if (!isRefusal(error)) this.#breaker.failed(error, began);
      throw error;
    }
  }

  /** Writes, or not while the server is away. It may refuse that and be read from all the same, as when it is full. */
  async write(work: () => Promise<void>): Promise<void> {
    if (this.isAway) {
      this.#notWritten();
      return;
    }
    try {
      await work();
      this.#refusals.taken();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#notWritten();
      const { shown, report } = this.#parts;
      const told = `memcached at ${shown} refuses what is to be stored; what it has is served`;
      if (this.#refusals.refused()) report(new Error(told, { cause: error }));
    }
  }

  /**
   * Invalidates something now, or where that is not possible, everything before the server is read from again.
   * @returns how many responses went, 0 where nobody knows
   */
  async invalidate(work: () => Promise<number>): Promise<number> {
    try {
      if (!this.isAway) return await work();
    } catch (error) {
      this.#breaker.trip(error);
    }
    this.#lost++;
    this.#failures++;
    return 0;
  }

  /** Who invalidates, and when. */
  mark(): Mark {
    return { at: this.#parts.clock().wall, by: this.#parts.self };
  }

  end(): void {
    this.#breaker.end();
    const { shown, report } = this.#parts;
    const lost = this.#lost - this.#madeUp;
    if (lost > 0) report(new Error(`memcached at ${shown} was never told of ${lost} invalidations`));
    this.reads.close();
    this.writes.close();
  }

  #notWritten(): void {
    this.#failures++;
    this.#unwritten++;
  }

  async #probe(): Promise<void> {
    const lost = this.#lost;
    if (lost === this.#madeUp) return within(this.patience.purge, this.reads.version());
    const dropped = writeGeneration(purged(undefined, "hard", this.mark()));
    await within(this.patience.purge, this.reads.set(this.#parts.names.all, dropped, 0));
    this.#madeUp = lost;
  }
}
