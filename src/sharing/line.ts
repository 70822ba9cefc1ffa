import type { Milliseconds } from "../http/date.ts";
import { runIn } from "../store/redis/client.ts";
import { within } from "../store/remote/within.ts";
import { type Position, readSince, type Since } from "./announcement.ts";
import { type HeardCounts, Hearing, type Listener } from "./hearing.ts";
import type { Dial, Link } from "./link.ts";
import { Outbox } from "./outbox.ts";
import { ANNOUNCE, newsKeys, SINCE } from "./scripts.ts";

/** What a line is made from. */
export type LineParts = {
  readonly dial: Dial;
  readonly link: Link;
  /** Of all keys, with a colon at its end. */
  readonly prefix: string;
  /** The name of this process among all; letters, digits and hyphens. */
  readonly sender: string;
  /** Whether what Redis stores may still hold what was let go of: until it does not, nothing is announced. */
  readonly isAway: () => boolean;
  /** What is announced in place of more than can wait. */
  readonly everything: string;
  /** Told once each time that Redis is out of reach, and what could not be acted on. */
  readonly report: (error: unknown) => void;
  /** How often it is looked whether everything was heard, and tried to connect. */
  readonly every: Milliseconds;
};

/** What a line has done so far. */
export type LineCounts = HeardCounts & { readonly connected: boolean };

/** How long Redis may take for an answer that no request waits for. */
const PATIENCE: Milliseconds = 1000;

/**
 * The line on which those who share a Redis announce what others have to let go of. Each announcement has a number: who was cut off, or
 * missed one, sees that, and reads it up or lets go of everything.
 */
export class Line {
  readonly #parts: LineParts;
  readonly #keys: ReturnType<typeof newsKeys>;
  readonly #outbox: Outbox;
  readonly #joined = Promise.withResolvers<void>();
  #hearing: Hearing | undefined;
  #life: Promise<void> | undefined;
  #isConnected = false;
  /** Which process of Redis answered last: another one may have lost what that one knew. */
  #run: string | undefined;
  /** Whether the subscription has brought anything since the last check. */
  #isAlive = true;
  #isReported = false;
  #isClosed = false;
  /** Ends the pause until the next check. */
  #wake: () => void = () => undefined;

  constructor(parts: LineParts) {
    this.#parts = parts;
    this.#keys = newsKeys(parts.prefix);
    this.#outbox = new Outbox(parts.everything, (text) => this.#publish(text), parts.isAway);
  }

  /** Connects, and keeps connected from now on. Resolves once that was done for the first time, or has failed. */
  attend(listener: Listener): Promise<void> {
    const { sender, report } = this.#parts;
    this.#hearing = new Hearing({ sender, report, listener, since: (position) => this.#since(position) });
    this.#life = this.#live(this.#hearing);
    return this.#joined.promise;
  }

  get counts(): LineCounts {
    const nothing = { heard: 0, missed: 0, ignored: 0, forgotten: 0 };
    return { connected: this.#isConnected, ...(this.#hearing?.counts ?? nothing) };
  }

  /**
   * Announces something to all others, after what was announced before. Where Redis is away, it is announced once it is back.
   * Resolves to whether it was done within `patience`; never rejects.
   */
  announce(text: string, patience: Milliseconds): Promise<boolean> {
    return this.#outbox.send(text, patience);
  }

  /** Announces what is still to be announced, where Redis is there, and hangs up. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#outbox.emptied(PATIENCE);
    this.#isClosed = true;
    this.#wake();
    await this.#life;
    this.#parts.link.drop();
  }

  async #live(hearing: Hearing): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#connection(hearing);
      } catch (error) {
        this.#cutOff(error);
      }
      this.#joined.resolve();
      await this.#pause();
    }
  }

  #pause(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#parts.every);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }

  /** One connection, from its start to its end. */
  async #connection(hearing: Hearing): Promise<void> {
    const subscriber = this.#parts.dial();
    let lost: Error | undefined;
    subscriber.onclose = (error) => {
      lost = error;
      this.#wake();
    };
    const take = (message: string): void => {
      if (hearing.take(message)) this.#isAlive = true;
    };
    try {
      await within(PATIENCE, subscriber.connect());
      await within(PATIENCE, subscriber.subscribe(this.#keys.channel, take));
      if (await this.#isOtherRun()) hearing.loseTrack();
      // Only now: what is announced from here on comes by the subscription.
      await hearing.check();
      this.#isConnected = true;
      this.#isReported = false;
      this.#outbox.open();
      this.#joined.resolve();
      for (let silences = 0; ; ) {
        if (lost === undefined) await this.#pause();
        if (this.#isClosed) return;
        if (lost !== undefined) throw lost;
        const wasAlive = this.#isAlive;
        this.#isAlive = false;
        silences = (await hearing.check()) === "hear" && !wasAlive ? silences + 1 : 0;
        if (silences > 1) throw new Error("announcements do not arrive");
        // Where something could not be announced although the connection held.
        this.#outbox.open();
      }
    } finally {
      this.#isConnected = false;
      this.#outbox.shut();
      subscriber.onclose = null;
      subscriber.close();
    }
  }

  /** Whether another process of Redis answers than the last time. */
  async #isOtherRun(): Promise<boolean> {
    const info = String(await this.#parts.link.send("INFO", ["server"], PATIENCE));
    const run = runIn(info);
    const isOther = run !== this.#run;
    this.#run = run;
    return isOther;
  }

  async #since(position: Position | undefined): Promise<Since> {
    const { state, log } = this.#keys;
    const { epoch, number } = position ?? { epoch: "", number: 0 };
    const words = [SINCE, "2", state, log, epoch, String(number), crypto.randomUUID()];
    return readSince(await this.#parts.link.send("EVAL", words, PATIENCE));
  }

  async #publish(text: string): Promise<void> {
    const { state, log, channel } = this.#keys;
    const { link, sender } = this.#parts;
    await link.send("EVAL", [ANNOUNCE, "2", state, log, channel, crypto.randomUUID(), sender, text], PATIENCE);
  }

  #cutOff(error: unknown): void {
    this.#parts.link.drop();
    if (this.#isReported || this.#isClosed) return;
    this.#isReported = true;
    const what = "Redis is out of reach: what other proxies purge meanwhile is let go of once it is back";
    this.#parts.report(new Error(what, { cause: error }));
  }
}
