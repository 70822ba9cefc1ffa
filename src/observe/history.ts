import type { Instant, Milliseconds } from "../http/date.ts";
import type { Outcome } from "./record.ts";
import { rounded } from "./shown-exchange.ts";

/** What a process has counted since its start, of which each second's numbers are a difference. */
export type Tally = {
  readonly requests: Readonly<Record<Outcome, number>>;
  readonly bytesSaved: number;
  /** How often the origin answered, and how long it took for all of that. */
  readonly originCount: number;
  readonly originMs: Milliseconds;
  /** How long answers from the cache took, hits and stale ones, added up. */
  readonly cacheMs: Milliseconds;
};

/** What passed within one second, or what processes together passed. */
export type Second = {
  /** Its beginning. */
  readonly at: Instant;
  readonly requests: Readonly<Record<Outcome, number>>;
  readonly bytesSaved: number;
  readonly originCount: number;
  /** Means; absent where there is nothing of which they could be. */
  readonly originMs?: Milliseconds;
  readonly cacheMs?: Milliseconds;
  /** Nobody looked when it ended, so that it is known only of several seconds together. */
  readonly estimated?: true;
};

/** The same as one process tells another. */
export type PastSecond = { readonly at: Instant; readonly tally: Tally; readonly estimated?: true };

const SECOND: Milliseconds = 1000;
/** Ten minutes. */
const REMEMBERED_SECONDS = 600;
/** What was missed for longer is not divided: nobody knows in which of all those seconds it was. */
const MOST_DIVIDED = 10;

/** What passed in each second of the last ten minutes, told apart by looking at what is counted anyway. */
export class History {
  readonly #count: () => Tally;
  readonly #clock: () => Instant;
  #seconds: PastSecond[] = [];
  #before: Tally;
  /** The first second that is not told of. */
  #next: Instant;

  /** @param count what this process has counted so far */
  constructor(count: () => Tally, clock: () => Instant) {
    this.#count = count;
    this.#clock = clock;
    this.#before = count();
    this.#next = secondOf(clock());
  }

  /** To be called once a second; called more often, less often or late it still tells of each exchange once. */
  look(): void {
    const last = secondOf(this.#clock()) - SECOND;
    if (last < this.#next) {
      // The second that is counted at present goes on.
      if (last === this.#next - SECOND) return;
      // The clock was set back.
      this.#seconds = this.#seconds.filter(({ at }) => at < last);
      this.#next = last;
    }
    const now = this.#count();
    const passed = minus(now, this.#before);
    const seconds = (last - this.#next) / SECOND + 1;
    this.#before = now;
    this.#next = last + SECOND;
    if (seconds === 1) this.#seconds.push({ at: last, tally: passed });
    else if (seconds > MOST_DIVIDED) this.#seconds.push({ at: last, tally: passed, estimated: true });
    else this.#seconds.push(...divided(passed, last - (seconds - 1) * SECOND, seconds));
    this.#seconds.splice(0, this.#seconds.length - REMEMBERED_SECONDS);
  }

  /** The seconds that are over and began at an instant or after it, the oldest first. */
  since(at: Instant): readonly PastSecond[] {
    this.look();
    return this.#seconds.filter((second) => second.at >= at);
  }

  /** When the last second began that is over. */
  get last(): Instant {
    return this.#next - SECOND;
  }
}

/**
 * Calls back just after the end of each second of a clock; the process need not go on for it.
 * @returns what ends that
 */
export function eachSecond(clock: () => Instant, tick: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    // Anew each time, so that what one call is late does not add up.
    timer = setTimeout(
      () => {
        wait();
        tick();
      },
      SECOND - (clock() % SECOND) + 1,
    );
    timer.unref();
  };
  wait();
  return () => clearTimeout(timer);
}

/** What several processes tell of, added up by the second, the oldest first. */
export function addedUp(all: readonly (readonly PastSecond[])[]): readonly Second[] {
  const seconds = new Map<Instant, PastSecond>();
  for (const second of all.flat()) {
    const known = seconds.get(second.at);
    seconds.set(
      second.at,
      known === undefined ? second : { ...known, ...second, tally: plus(known.tally, second.tally) },
    );
  }
  return [...seconds.values()].sort((a, b) => a.at - b.at).map(shownSecond);
}

function shownSecond({ at, tally, estimated }: PastSecond): Second {
  const { requests, bytesSaved, originCount, originMs, cacheMs } = tally;
  const cacheCount = fromCache(requests);
  return {
    ...{ at, requests, bytesSaved, originCount },
    ...(originCount > 0 && { originMs: rounded(originMs / originCount) }),
    ...(cacheCount > 0 && { cacheMs: rounded(cacheMs / cacheCount) }),
    ...(estimated && { estimated }),
  };
}

/** Equal parts of what several seconds brought, of which each is whole and all together are what there was. */
function divided(tally: Tally, first: Instant, seconds: number): readonly PastSecond[] {
  return Array.from({ length: seconds }, (_, i): PastSecond => {
    const part = (whole: number): number => Math.round((whole * (i + 1)) / seconds) - Math.round((whole * i) / seconds);
    const requests = mapped((outcome) => part(tally.requests[outcome]));
    const originCount = part(tally.originCount);
    const share = (ms: Milliseconds, of: number, all: number): Milliseconds => (all === 0 ? 0 : (ms * of) / all);
    return {
      at: first + i * SECOND,
      tally: {
        ...{ requests, bytesSaved: part(tally.bytesSaved), originCount },
        // As many times the mean as there are that it is the mean of.
        originMs: share(tally.originMs, originCount, tally.originCount),
        cacheMs: share(tally.cacheMs, fromCache(requests), fromCache(tally.requests)),
      },
      estimated: true,
    };
  });
}

function fromCache({ hit, stale }: Tally["requests"]): number {
  return hit + stale;
}

function plus(a: Tally, b: Tally): Tally {
  return combined(a, b, (x, y) => x + y);
}

function minus(a: Tally, b: Tally): Tally {
  return combined(a, b, (x, y) => x - y);
}

function combined(a: Tally, b: Tally, by: (x: number, y: number) => number): Tally {
  return {
    requests: mapped((outcome) => by(a.requests[outcome], b.requests[outcome])),
    bytesSaved: by(a.bytesSaved, b.bytesSaved),
    originCount: by(a.originCount, b.originCount),
    originMs: by(a.originMs, b.originMs),
    cacheMs: by(a.cacheMs, b.cacheMs),
  };
}

function mapped(of: (outcome: Outcome) => number): Record<Outcome, number> {
  return {
    ...{ hit: of("hit"), miss: of("miss"), stale: of("stale") },
    ...{ revalidated: of("revalidated"), bypass: of("bypass"), error: of("error") },
  };
}

function secondOf(now: Instant): Instant {
  return Math.floor(now / SECOND) * SECOND;
}
