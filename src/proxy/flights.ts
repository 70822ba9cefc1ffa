import type { CacheKey } from "../caching/key.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { SharedBody } from "./shared-body.ts";

/** What others may make of an answer that one of them fetched. */
export type Landing =
  /** It is stored whole: look again. */
  | { readonly type: "stored" }
  /** It is to be stored, and its body is still arriving: `stored` has none yet. */
  | { readonly type: "arriving"; readonly stored: StoredResponse; readonly body: SharedBody }
  /** It is for who asked, as answers to this will be for a while. */
  | { readonly type: "own" }
  /** There was none. */
  | { readonly type: "failed" };

/** What requests that one answer may do for have in common. */
export type Meeting = { readonly key: CacheKey; readonly publicOrigin: string };

/** A request to the origin, as those see it who wait for it. */
export type Flight = {
  readonly departedAt: Instant;
  readonly landing: Promise<Landing>;
  /** Counts a client among those who wait, until its signal says that it has left. */
  readonly join: (client: AbortSignal) => void;
};

/** The same as its leader sees it. */
export type Departure = {
  /** Aborts once everyone who waits has left. */
  readonly signal: AbortSignal;
  /** Says what came; only the first word counts. */
  readonly land: (landing: Landing) => void;
  /** Says that a body that was arriving no longer is: whoever comes now looks into the store. */
  readonly over: () => void;
  /** Says that what was arriving will not be stored after all. */
  readonly unkept: () => void;
};

/** How long an answer that is for who asked alone keeps others from waiting for the next one. */
const ALONE_MS: Milliseconds = 10_000;
const REMEMBERED = 10_000;

/** The requests to the origin that others may wait for instead of asking themselves: collapsed forwarding. */
export class Flights {
  readonly #clock: () => Instant;
  readonly #patience: Milliseconds;
  readonly #flights = new Map<string, Flight>();
  readonly #aloneUntil = new Map<string, Instant>();

  /** @param patience how long a flight is worth waiting for; one that is later than that must not hold up who comes next */
  constructor(clock: () => Instant, patience: Milliseconds) {
    this.#clock = clock;
    this.#patience = patience;
  }

  /** The flight that is under way, if there is one that is worth waiting for. */
  find(at: Meeting): Flight | undefined {
    const flight = this.#flights.get(nameOf(at));
    return flight !== undefined && this.#clock() - flight.departedAt <= this.#patience ? flight : undefined;
  }

  /** Whether to wait would be for nothing: the last answer was for who asked alone. */
  isAlone(at: Meeting): boolean {
    return (this.#aloneUntil.get(nameOf(at)) ?? 0) > this.#clock();
  }

  /** Begins a flight. Others find it until it has landed and, where its body is still arriving, until that is over. */
  depart(at: Meeting, client: AbortSignal): Departure {
    const name = nameOf(at);
    const landing = Promise.withResolvers<Landing>();
    const everyone = new Party();
    const flight: Flight = {
      departedAt: this.#clock(),
      landing: landing.promise,
      join: (signal) => everyone.join(signal),
    };
    const over = (): void => {
      if (this.#flights.get(name) === flight) this.#flights.delete(name);
    };
    let hasLanded = false;
    everyone.join(client);
    this.#flights.set(name, flight);
    return {
      signal: everyone.left,
      over,
      unkept: () => {
        this.#remember(name);
        over();
      },
      land: (landed) => {
        if (hasLanded) return;
        hasLanded = true;
        if (landed.type === "own") this.#remember(name);
        if (landed.type !== "arriving") over();
        landing.resolve(landed);
      },
    };
  }

  #remember(name: string): void {
    // Deleted first, so that the map stays in the order of time.
    this.#aloneUntil.delete(name);
    this.#aloneUntil.set(name, this.#clock() + ALONE_MS);
    if (this.#aloneUntil.size <= REMEMBERED) return;
    const [oldest] = this.#aloneUntil.keys();
    if (oldest !== undefined) this.#aloneUntil.delete(oldest);
  }
}

/** Those who wait for one thing. */
class Party {
  readonly #controller = new AbortController();
  #waiting = 0;

  /** Aborts once the last one has left. */
  get left(): AbortSignal {
    return this.#controller.signal;
  }

  join(client: AbortSignal): void {
    this.#waiting++;
    const leave = (): void => {
      if (--this.#waiting === 0) this.#controller.abort();
    };
    if (client.aborted) leave();
    else client.addEventListener("abort", leave, { once: true });
  }
}

function nameOf({ key, publicOrigin }: Meeting): string {
  // No key and no origin holds a space.
  return `${key} ${publicOrigin}`;
}
