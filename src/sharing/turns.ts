import type { Milliseconds } from "../http/date.ts";
import type { Leaving } from "../http/origin.ts";
import { hashOf } from "../store/namespace.ts";
import type { Turn, TurnOutcome, Turns } from "../store/turns.ts";
import type { Link } from "./link.ts";

/** What comes of a turn that one waits for. */
type TakenTurn = Exclude<Turn, { readonly type: "taken" }>;

/** How turns are kept. */
export type TurnParts = {
  readonly link: Pick<Link, "send">;
  /** Of all keys, with a colon at its end. */
  readonly prefix: string;
  /** Whether what others bring could not be read. */
  readonly isAway: () => boolean;
  /** How long a turn lasts that nobody renews, as of one who was killed. */
  readonly lease?: Milliseconds;
  /** Ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  /** Told of a failure once, until it works again. */
  readonly report: (error: unknown) => void;
};

const LEASE: Milliseconds = 3000;
/** How long Redis may take to say whose turn it is; a request waits no longer than that. */
const ANSWERS_WITHIN: Milliseconds = 50;
/** Once it has not, nobody asks it for so long. */
const PAUSE: Milliseconds = 1000;

/** How long an outcome is remembered: whoever comes a moment later looks first, and whoever would wait in vain does not. */
const REMEMBERED: { readonly [Outcome in Exclude<TurnOutcome, "again">]: Milliseconds } = {
  done: 2000,
  failed: 1000,
  own: 10_000,
};

/** Takes a turn: KEYS turn; ARGV token, lease. Gives what was there; who may have it has it. */
const TAKE = `
local there = redis.call('GET', KEYS[1])
if not there or there == 'done' or there == 'failed' then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return there
`;

/** Renews a turn: KEYS turn; ARGV token, lease. */
const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
`;

/** Ends a turn where it has not passed to another one: KEYS turn; ARGV token, outcome, how long that is remembered. */
const END = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == 'again' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`;

/** Turns that lie in Redis: under a key for each thing that is asked for its holder's token, or what came of it last. */
export class RedisTurns implements Turns {
  readonly #parts: TurnParts;
  readonly #lease: Milliseconds;
  #awayUntil = Number.NEGATIVE_INFINITY;
  #isReported = false;

  constructor(parts: TurnParts) {
    this.#parts = parts;
    this.#lease = parts.lease ?? LEASE;
  }

  tryTake(name: string): Promise<Turn> {
    return this.#take(name, async () => ({ type: "taken" }));
  }

  take(name: string, patience: Milliseconds, signal: Pick<Leaving, "aborted">): Promise<TakenTurn> {
    return this.#take(name, (key, holder) => this.#wait(key, holder, patience, signal));
  }

  /** @param whenHeld what follows where somebody else has it */
  async #take<Held>(
    name: string,
    whenHeld: (key: string, holder: unknown) => Promise<Held>,
  ): Promise<TakenTurn | Held> {
    const { prefix, steady, isAway } = this.#parts;
    if (isAway() || steady() < this.#awayUntil) return ALONE;
    const key = `${prefix}turn:${hashOf(name)}`;
    const token = `held ${crypto.randomUUID()}`;
    try {
      const there = await this.#run(TAKE, key, token, String(this.#lease));
      if (there === null || there === "done" || there === "failed") return this.#mine(key, token, there === "done");
      if (there === "own") return OWN;
      return await whenHeld(key, there);
    } catch (error) {
      this.#pause(error);
      // It may have been taken all the same.
      void this.#end(key, token, "again");
      return ALONE;
    }
  }

  /** Looks now and then whether the turn has passed: at first soon, then as an eighth of what was waited adds up. */
  async #wait(
    key: string,
    holder: unknown,
    patience: Milliseconds,
    signal: Pick<Leaving, "aborted">,
  ): Promise<TakenTurn> {
    const { link, steady } = this.#parts;
    const since = steady();
    for (let waited = 0; waited < patience && !signal.aborted; waited = steady() - since) {
      await Bun.sleep(Math.min(MOST_STEP, LEAST_STEP + waited / 8));
      const there = await link.send("GET", [key], ANSWERS_WITHIN);
      if (there === "own") return OWN;
      if (there === "failed") return ALONE;
      if (there !== holder) return { type: "passed", done: there === "done" };
    }
    return ALONE;
  }

  #mine(key: string, token: string, lookFirst: boolean): TakenTurn {
    const lease = this.#lease;
    const renewing = setInterval(() => {
      this.#run(RENEW, key, token, String(lease)).catch((error) => this.#pause(error));
    }, lease / 3);
    renewing.unref();
    let hasEnded = false;
    const end = async (outcome: TurnOutcome): Promise<void> => {
      if (hasEnded) return;
      hasEnded = true;
      clearInterval(renewing);
      await this.#end(key, token, outcome);
    };
    return { type: "mine", lookFirst, end };
  }

  /** Where that fails the lease ends by itself. */
  async #end(key: string, token: string, outcome: TurnOutcome): Promise<void> {
    const remembered = outcome === "again" ? 0 : REMEMBERED[outcome];
    await this.#run(END, key, token, outcome, String(remembered)).catch((error) => this.#pause(error));
  }

  async #run(script: string, key: string, ...args: readonly string[]): Promise<unknown> {
    const reply = await this.#parts.link.send("EVAL", [script, "1", key, ...args], ANSWERS_WITHIN);
    this.#isReported = false;
    return reply;
  }

  #pause(error: unknown): void {
    const { steady, report } = this.#parts;
    this.#awayUntil = steady() + PAUSE;
    if (this.#isReported) return;
    this.#isReported = true;
    report(
      new Error("Redis did not say in time whose turn it is: each proxy asks the origin for itself", { cause: error }),
    );
  }
}

const LEAST_STEP: Milliseconds = 4;
const MOST_STEP: Milliseconds = 50;

const OWN: TakenTurn = { type: "nobodys", own: true };
const ALONE: TakenTurn = { type: "nobodys", own: false };
