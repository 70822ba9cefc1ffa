import { cacheKey, type Keyed } from "../caching/key.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Crew } from "./crew.ts";
import type { Answer } from "./message.ts";

/** What one worker asks the others to ask the origin for anew. */
export type RefreshQuestion = {
  readonly type: "refresh";
  /** Of the origin. */
  readonly url: string;
  readonly publicOrigin: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The address of who wants it. */
  readonly client: string;
};

/** What became of one stored response. */
export type RefreshedOne = {
  readonly status: number;
  readonly outcome: string;
  readonly cacheStatus: string;
  readonly ms: Milliseconds;
  readonly publicOrigin: string;
  /** The fields that select it; credentials hidden. */
  readonly selecting: Readonly<Record<string, string | null>>;
  /** Why the origin gave no answer that could be used, for a person. */
  readonly failure?: { readonly title: string; readonly detail: string };
  readonly worker?: number;
};

/** What became of all of a URL. */
export type Refreshed = {
  readonly refreshed: readonly RefreshedOne[];
  /** How many stay as they are. */
  readonly left: number;
  /** False where another worker was not done when time was up. */
  readonly complete: boolean;
};

/** What this worker does itself. */
export type RefreshOwn = {
  /** Each response that is stored for a URL. */
  readonly stored: (url: Keyed, question: RefreshQuestion, signal: AbortSignal) => Promise<Refreshed>;
  readonly plain: (url: Keyed, question: RefreshQuestion, signal: AbortSignal) => Promise<RefreshedOne>;
  /** Has those who have their own memory above a store that all share let go of what it held, once that has the new. */
  readonly tellSharers: (url: Keyed) => Promise<void>;
};

/** After so long another worker answers, done or not: who does not answer for much longer counts as hung (workers/switchboard.ts). */
const LONGEST_ANSWER: Milliseconds = 8000;
const PATIENCE: Milliseconds = 9000;
/** How long it goes on by itself. */
const LONGEST: Milliseconds = 120_000;

/** Has the origin asked anew for what this worker and the others hold. */
export class Refreshing {
  readonly #own: RefreshOwn;
  readonly #crew: Crew | undefined;

  /** @param crew the others where each has a store of its own; undefined where this process is alone or all see one tier */
  constructor(own: RefreshOwn, crew: Crew | undefined) {
    this.#own = own;
    this.#crew = crew;
  }

  /** Refreshes all that is stored for a URL; where nothing is, this worker asks for it. */
  async all(question: RefreshQuestion, signal: AbortSignal): Promise<Refreshed> {
    const url = keyedBy(question);
    const asked = this.#crew?.ask(question, PATIENCE);
    const own = await this.#stored(url, question, signal);
    const { answers = [], complete = true } = (await asked) ?? {};
    const others = answers.flatMap((answer) => (answer.type === "refreshed" ? [answer.refreshed] : []));
    const all = [own, ...others];
    const refreshed = all.flatMap((each) => each.refreshed);
    const left = all.reduce((sum, each) => sum + each.left, 0);
    const isComplete = complete && all.every((each) => each.complete);
    if (refreshed.length === 0 && left === 0 && isComplete) {
      refreshed.push(this.#signed(await this.#own.plain(url, question, signal)));
    }
    if (refreshed.some(({ failure }) => failure === undefined)) await this.#own.tellSharers(url);
    return { refreshed, left, complete: isComplete };
  }

  /** Answers another worker. */
  async answer(question: RefreshQuestion): Promise<Answer> {
    const late = Promise.withResolvers<Refreshed>();
    const timer = setTimeout(() => late.resolve({ refreshed: [], left: 0, complete: false }), LONGEST_ANSWER);
    try {
      const refreshed = this.#stored(keyedBy(question), question, AbortSignal.timeout(LONGEST));
      return { type: "refreshed", refreshed: await Promise.race([refreshed, late.promise]) };
    } finally {
      clearTimeout(timer);
    }
  }

  async #stored(url: Keyed, question: RefreshQuestion, signal: AbortSignal): Promise<Refreshed> {
    const own = await this.#own.stored(url, question, signal);
    return { ...own, refreshed: own.refreshed.map((one) => this.#signed(one)) };
  }

  #signed(one: RefreshedOne): RefreshedOne {
    return this.#crew === undefined ? one : { ...one, worker: this.#crew.place.number };
  }
}

function keyedBy({ url }: RefreshQuestion): Keyed {
  const target = new URL(url);
  return { target: () => target, key: cacheKey(target) };
}
