import { type FixtureUse, Journal } from "../fixtures/journal.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import { Ledger } from "./ledger.ts";
import type { Confided, Orders, Question, SupervisorQuestion, ToSupervisor, ToWorker } from "./message.ts";
import { afterEnd, NO_TROUBLE, type Trouble } from "./restart.ts";
import { Switchboard } from "./switchboard.ts";

/** A worker's process. */
export type Child = {
  readonly pid: number;
  /** Does nothing once it has ended. */
  readonly send: (message: ToWorker) => void;
  /** Ends it at once. */
  readonly kill: () => void;
  /** How it ended, in words; all that it sent was heard before. */
  readonly ended: Promise<string>;
};

/** What a supervisor needs of the world. */
export type World = {
  readonly launch: (hear: (message: ToSupervisor) => void) => Child;
  /** ms since the epoch. */
  readonly clock: () => Instant;
  readonly pause: (length: Milliseconds) => Promise<void>;
  /** Told what went wrong with a worker, in a sentence. */
  readonly report: (message: string) => void;
};

/** The workers cannot do what they are for; the message says why. */
export class CannotServe extends Error {
  override readonly name = "CannotServe";
}

/** What a worker may take beyond the grace period to write its log and to end. */
const LAST_WORDS: Milliseconds = 3000;

/** Keeps a number of workers running, each in a process of its own. It serves nothing itself. */
export class Supervisor {
  readonly #world: World;
  readonly #count: number;
  readonly #orders: Orders;
  readonly #since: Instant;
  readonly #switchboard: Switchboard<Child>;
  readonly #ledger = new Ledger();
  readonly #journal = new Journal();
  /** Each with its number. */
  readonly #children = new Map<Child, number>();
  /** Numbers of those that are ready, serve, and are given up. */
  readonly #ready = new Set<number>();
  readonly #serving = new Set<number>();
  readonly #lost = new Set<number>();
  readonly #allReady = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();
  readonly #allServe = Promise.withResolvers<void>();
  readonly #failed = Promise.withResolvers<never>();
  #hasStarted = false;
  #isStopping = false;
  #cutOff = 0;

  constructor(count: number, orders: Orders, world: World) {
    this.#count = count;
    this.#orders = orders;
    this.#world = world;
    this.#since = world.clock();
    this.#switchboard = new Switchboard(
      () => performance.now(),
      (child) => child.kill(),
    );
    // Who waits for the start hears of it there.
    this.#failed.promise.catch(() => undefined);
  }

  /** Rejects with a {@link CannotServe} once no worker is left and none can be started. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /**
   * Starts the workers and resolves once all of them listen.
   * @param release called when all are ready to listen, so that what keeps the port for them lets go of it
   * @throws CannotServe
   */
  async start(release: () => void): Promise<void> {
    for (let number = 1; number <= this.#count; number++) {
      this.#keep(number).catch((error) => this.#failed.reject(error));
    }
    await Promise.race([this.#allReady.promise, this.failed]);
    release();
    this.#released.resolve();
    await Promise.race([this.#allServe.promise, this.failed]);
    this.#hasStarted = true;
  }

  /** Lets all finish what is in flight, at most for `grace` ms. Resolves to the number of requests cut off once all have ended. */
  async stop(grace: Milliseconds): Promise<number> {
    this.#isStopping = true;
    for (const [child, number] of this.#children) {
      if (this.#serving.has(number)) child.send({ type: "stop", grace });
      else child.kill();
    }
    const ended = Promise.all([...this.#children.keys()].map((child) => child.ended));
    await Promise.race([ended, this.#world.pause(grace + LAST_WORDS)]);
    this.kill();
    await ended;
    return this.#cutOff;
  }

  /** Has all who serve go on in the file that is at the path of the log file by now. */
  reopenLog(): void {
    for (const [child, number] of this.#children) if (this.#serving.has(number)) child.send({ type: "reopen-log" });
  }

  /** How the workers have used their fixtures. */
  fixtureUse(): FixtureUse {
    return this.#journal.use();
  }

  /** Ends all at once. */
  kill(): void {
    this.#isStopping = true;
    for (const child of this.#children.keys()) child.kill();
  }

  /** Sees to it that there is a worker of this number, until it is stopped or given up. */
  async #keep(number: number): Promise<void> {
    let trouble: Trouble = NO_TROUBLE;
    for (let restarts = 0; !this.#isStopping; restarts++) {
      const { pid, how, served, lasted } = await this.#live(number, restarts);
      if (this.#isStopping) return;
      const next = afterEnd(trouble, { served, lasted });
      const what = `worker ${number} (process ${pid}) ${how}${served ? "" : " before it could serve"}`;
      if (next.type === "give-up") {
        this.#giveUp(number, `${what}; it failed to start ${next.failedStarts} times in a row and is given up`);
        return;
      }
      const when = next.pause === 0 ? "at once" : `in ${next.pause} ms`;
      this.#world.report(`${what}; another one starts ${when}`);
      trouble = next.trouble;
      await this.#world.pause(next.pause);
    }
  }

  /** One process from its start to its end. */
  async #live(number: number, restarts: number) {
    const { clock, launch } = this.#world;
    const started = clock();
    let refused: string | undefined;
    const child = launch((message) => {
      switch (message.type) {
        case "hello":
          this.#welcome(child, number, restarts);
          return;
        case "listening":
          this.#serving.add(number);
          if (this.#serving.size === this.#count) this.#allServe.resolve();
          return;
        case "cannot-listen":
          refused = message.message;
          // At the start that is the last word: the next try would end the same way.
          if (!this.#hasStarted) this.#failed.reject(new CannotServe(refused));
          return;
        case "question":
          this.#question(child, message.id, message.question);
          return;
        case "answer":
          if (message.answer.type === "statistics") this.#ledger.heard(message.answer.share);
          this.#switchboard.answer(child, message.id, message.answer);
          return;
        case "noted":
          this.#journal.note(message.note);
          return;
        case "stopped":
          this.#cutOff += message.cutOff;
          return;
      }
    });
    this.#children.set(child, number);
    const how = await child.ended;
    this.#children.delete(child);
    this.#switchboard.leave(child);
    this.#ledger.ended(number);
    return {
      pid: child.pid,
      how: refused === undefined ? how : `gave up (${refused})`,
      served: this.#serving.delete(number),
      lasted: clock() - started,
    };
  }

  /** Hands a question to the others; of what they did, those who cannot say it any more are spoken for. */
  #question(child: Child, id: number, question: Question | Confided | SupervisorQuestion): void {
    if (question.type === "fixtures") {
      child.send({ type: "answer", id, answer: { type: "fixtures", use: this.#journal.use() } });
      child.send({ type: "complete", id });
      return;
    }
    if (question.type === "statistics") {
      if (question.own !== undefined) this.#ledger.heard(question.own);
      child.send({ type: "answer", id, answer: { type: "recalled", ...this.#ledger.recalled() } });
    }
    // What the asker did is none of the others' business.
    this.#switchboard.question(child, id, question.type === "statistics" ? { type: "statistics" } : question);
  }

  /** Gives a worker its orders once the port is free for it; from then on it hears what the others ask. */
  async #welcome(child: Child, number: number, restarts: number): Promise<void> {
    this.#ready.add(number);
    if (this.#ready.size === this.#count) this.#allReady.resolve();
    await this.#released.promise;
    if (!this.#children.has(child)) return;
    this.#switchboard.join(child);
    const place = { number, of: this.#count, restarts, since: this.#since };
    child.send({ type: "serve", place, orders: this.#orders });
  }

  #giveUp(number: number, message: string): void {
    this.#lost.add(number);
    const left = this.#count - this.#lost.size;
    if (this.#hasStarted && left > 0) this.#world.report(`${message}; ${left} of ${this.#count} go on`);
    else this.#failed.reject(new CannotServe(message));
  }
}
