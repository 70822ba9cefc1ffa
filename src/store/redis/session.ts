import type { Purge } from "../../caching/purge.ts";
import type { Milliseconds } from "../../http/date.ts";
import { Breaker, USUALLY } from "../remote/breaker.ts";
import { Refusals } from "../remote/refusals.ts";
import { within } from "../remote/within.ts";
import { TierUnusable } from "../tier.ts";
import { runIn } from "./client.ts";
import { diagnosed, judged } from "./handshake.ts";
import { isRefusal, Link, type LinkEnd } from "./link.ts";
import { LostPurges } from "./lost.ts";
import type { Run } from "./purges.ts";
import { BEGIN } from "./scripts.ts";

/** How long Redis may take to answer. */
export type Patience = {
  /** What a client waits for, with what lies before that: until what is being written of the same is written. Together they are 50 ms. */
  readonly read: Milliseconds;
  readonly written: Milliseconds;
  /** What nobody waits for. */
  readonly write: Milliseconds;
  /** What must not be lost. */
  readonly purge: Milliseconds;
};

export const PATIENCE: Patience = { read: 40, written: 10, write: 250, purge: 500 };

/** What a session is with whom. */
export type SessionParts = {
  readonly end: LinkEnd;
  /** The URL as a person may see it. */
  readonly shown: string;
  readonly report: (error: unknown) => void;
  readonly steady: () => Milliseconds;
  readonly sleep: (length: Milliseconds) => Promise<void>;
  readonly patience: Patience;
  /** Lets go of what a purge is about; how many responses that were. */
  readonly purge: (run: Run, purge: Purge) => Promise<number>;
};

/**
 * The dealings with one Redis, also while it is away: then nothing is read or written, invalidations are remembered, and before
 * anything is read again they are made up for.
 */
export class RedisSession {
  readonly #parts: SessionParts;
  readonly #lost = new LostPurges();
  readonly #breaker: Breaker;
  #link: Link | undefined;
  /** Since when the breaker is open, and what was left undone since. */
  #away = { since: 0, unread: 0, unwritten: 0, made: 0 };
  readonly #refusals = new Refusals();
  #failures = 0;
  #unwritten = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#breaker = new Breaker({
      ...USUALLY,
      steady: parts.steady,
      sleep: parts.sleep,
      probe: () => this.#probe(),
      isReady: () => this.#lost.size === 0,
      onOpen: (error) => this.#opened(error),
      onClose: () => this.#closed(),
    });
  }

  /**
   * Connects. A Redis that is not there may come later.
   * @throws TierUnusable where it is there and does not let us in, or is something else
   */
  async start(): Promise<void> {
    try {
      await this.#connect();
    } catch (error) {
      const { end, shown } = this.#parts;
      // Either Redis itself said why, or nobody did.
      const said = isRefusal(error) ? judged(`-${messageOf(error)}\r\n`) : undefined;
      const { type, why } = said ?? (await diagnosed(end.url));
      if (type === "unusable") throw new TierUnusable(`Redis at ${shown} cannot be used: ${why}`);
      this.#breaker.trip(new Error(why, { cause: error }));
    }
  }

  get patience(): Patience {
    return this.#parts.patience;
  }

  /** How often something did not work or was not tried, and how many responses were not written. */
  get failures(): number {
    return this.#failures;
  }

  get unwritten(): number {
    return this.#unwritten;
  }

  /** Whether nothing is read from it, or it still holds what was let go of. */
  get isAway(): boolean {
    return this.#breaker.isOpen || this.#lost.size > 0;
  }

  /** Reads; undefined where that was not possible, which is a miss. */
  async read<T>(work: (link: Link) => Promise<T>): Promise<T | undefined> {
    const link = this.#link;
    if (this.#breaker.isOpen || link === undefined) {
      return this.#unread();
    }
    const began = this.#parts.steady();
    try {
      const found = await work(link);
      this.#breaker.succeeded();
      return found;
    } catch (error) {
      this.#failed(link, error, began);
      return this.#unread();
    }
  }

  /** Writes, or not: it is worth no trouble. Redis may refuse it and be read from all the same, as when it is full. */
  async write(work: (link: Link) => Promise<void>): Promise<void> {
    const link = this.#link;
    if (this.#breaker.isOpen || link === undefined) {
      this.#notWritten();
      return;
    }
    const began = this.#parts.steady();
    try {
      await work(link);
      this.#breaker.succeeded();
      this.#refusals.taken();
    } catch (error) {
      this.#notWritten();
      if (!isRefusal(error)) this.#failed(link, error, began);
      else if (this.#refusals.refused()) {
        const { shown, report } = this.#parts;
        report(new Error(`Redis at ${shown} refuses what is to be stored; what it has is served`, { cause: error }));
      }
    }
  }

  /** Lets go of what a purge is about, now or before anything is read again; how many responses went now. */
  async purge(purge: Purge): Promise<number> {
    const link = this.#link;
    if (this.#breaker.isOpen || link === undefined) {
      this.#failures++;
      this.#lost.add(purge);
      return 0;
    }
    try {
      return await this.#purgeOn(link, purge);
    } catch (error) {
      this.#failures++;
      this.#lost.add(purge);
      // Whatever is read from now on may be what was to go.
      if (link === this.#link) this.#breaker.trip(error);
      return 0;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#breaker.end();
    this.#link?.close();
    const { shown, report } = this.#parts;
    if (this.#lost.size > 0) report(new Error(`Redis at ${shown} was never told of ${this.#lost.size} invalidations`));
  }

  #purgeOn(link: Link, purge: Purge): Promise<number> {
    return this.#parts.purge((script, ...args) => within(this.patience.purge, link.run(script, ...args)), purge);
  }

  #unread(): undefined {
    this.#failures++;
    this.#away.unread++;
  }

  #notWritten(): void {
    this.#failures++;
    this.#unwritten++;
    this.#away.unwritten++;
  }

  /** @param link on which it failed; what fails on one that is given up says nothing of the next */
  #failed(link: Link, error: unknown, began: Milliseconds): void {
    if (link === this.#link) this.#breaker.failed(error, began);
  }

  async #connect(): Promise<Link> {
    const link = await Link.open(this.#parts.end, () => {
      if (link === this.#link) this.#breaker.trip(new Error("the connection broke"));
    });
    try {
      await within(this.patience.purge, this.#begin(link));
    } catch (error) {
      link.close();
      throw error;
    }
    this.#link = link;
    return link;
  }

  async #begin(link: Link): Promise<void> {
    const run = runIn(await link.info("server").catch(() => "")) ?? "0";
    // As much of it as a number holds.
    await link.run(BEGIN, String(Number.parseInt(run.slice(0, 10), 16)));
  }

  async #probe(): Promise<void> {
    const link = await this.#connect();
    try {
      this.#away.made += await this.#lost.replay((purge) => this.#purgeOn(link, purge));
    } catch (error) {
      link.close();
      throw error;
    }
  }

  #opened(error: unknown): void {
    const { shown, report, steady } = this.#parts;
    this.#link?.close();
    this.#link = undefined;
    this.#away = { since: steady(), unread: 0, unwritten: 0, made: 0 };
    report(new Error(`Redis at ${shown} cannot be reached: it is left out until it answers again`, { cause: error }));
  }

  #closed(): void {
    const { shown, report, steady } = this.#parts;
    const { since, unread, unwritten, made } = this.#away;
    const seconds = ((steady() - since) / 1000).toFixed(1);
    report(
      `Redis at ${shown} answers again after ${seconds} s (not asked: ${unread}, responses not written: ${unwritten}, invalidations made up for: ${made})`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
