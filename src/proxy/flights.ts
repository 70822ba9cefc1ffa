import type { CacheKey } from "../caching/key.ts";
import type { Presented } from "../caching/selecting.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Leaving, OriginFailure } from "../http/origin.ts";
import { FlightBoard, type Named } from "./flight-board.ts";
import { Loners } from "./loners.ts";
import type { SharedBody } from "./shared-body.ts";

/** What others may make of an answer that one of them fetched. */
export type Landing =
  /** It is stored whole: look again. */
  | { readonly type: "stored" }
  /** It is to be stored, and its body is still arriving: `stored` has none yet. */
  | { readonly type: "arriving"; readonly stored: StoredResponse; readonly body: SharedBody }
  /** It is for who asked, as answers to this will be for a while. */
  | { readonly type: "own" }
  /** Something changed while it was on its way: what others get has to be asked for after that. */
  | { readonly type: "outdated" }
  | Vain
  /** It says nothing of what others would get: the leader's alone, or an error of the moment. */
  | { readonly type: "failed" };

/** Why it would have been in vain for all who waited: they don't ask again. */
export type Vain =
  | {
      readonly type: "unanswered";
      readonly failure: Extract<
        OriginFailure,
        { readonly type: "unreachable" | "timeout" | "overloaded" | "circuit-open" }
      >;
    }
  /** The origin answered with an error of its own, in whose place what is stored was used. */
  | { readonly type: "refused"; readonly status: number };

/** What others may make of it that the origin gave no response: whoever left, loops or cannot be sent on is a case of its own. */
export function landingOf(failure: OriginFailure): Landing {
  switch (failure.type) {
    case "unreachable":
    case "timeout":
    // Who has waited along with one that waited for a place would only wait as long again.
    case "overloaded":
    case "circuit-open":
      return { type: "unanswered", failure };
    case "aborted":
    case "loop":
    case "unsupported-method":
    // Each client has quotas of its own.
    case "rate-limited":
    case "offline":
      return { type: "failed" };
  }
}

/** What a request shares with those that one answer may do for. */
export type Meeting = { readonly key: CacheKey; readonly publicOrigin: string; readonly presented: Presented };

/**
 * Where requests meet that one answer may do for: by the key, the name by which the client reached us and, where that is known, their
 * values of the selecting header fields (RFC 9111 §4.1).
 * @param known responses under the key, most recent first, of which the first tells the selecting header fields
 */
export function meetingName({ key, publicOrigin, presented }: Meeting, known: readonly StoredResponse[]): string {
  // No key and no origin holds a space.
  const name = `${key} ${publicOrigin}`;
  const selecting = known.find((stored) => stored.publicOrigin === publicOrigin)?.selecting ?? [];
  if (selecting.length === 0) return name;
  return `${name} ${JSON.stringify(selecting.map(([field]) => [field, presented(field)]))}`;
}

/** A request to the origin, as those see it who wait for it. */
export type Flight = {
  /** In ms on a clock that never steps; its request was sent then, or later. */
  readonly departedAt: Milliseconds;
  readonly landing: Promise<Landing>;
  /** Counts a client among those who wait, until its signal says that it has left. */
  readonly join: (client: AbortSignal) => void;
};

type Boarded = Flight & Named<Boarded>;

/** The same as its leader sees it. */
export type Departure = {
  /** Aborts once everyone who waits has left. */
  readonly signal: Leaving;
  /** Says what came; only the first word counts. */
  readonly land: (landing: Landing) => void;
  /** Says that a body that was arriving no longer is: whoever comes now looks into the store. */
  readonly over: () => void;
  /** Says that what was arriving will not be stored after all. */
  readonly unkept: () => void;
};

/** How long an answer that is for who asked alone keeps others from waiting for the next one. */
const ALONE_MS: Milliseconds = 10_000;

/** The requests to the origin that others may wait for instead of asking themselves: collapsed forwarding. */
export class Flights {
  readonly #monotonic: () => Milliseconds;
  readonly #patience: Milliseconds;
  readonly #board = new FlightBoard<Boarded>();
  readonly #loners = new Loners();

  /**
   * @param monotonic ms on the clock of `StoredResponse.sentAt`
   * @param patience how long a flight is worth waiting for; one that is later than that must not hold up who comes next
   */
  constructor(monotonic: () => Milliseconds, patience: Milliseconds) {
    this.#monotonic = monotonic;
    this.#patience = patience;
  }

  /** The flight that is under way, if there is one that is worth waiting for. */
  find(name: string): Flight | undefined {
    const flight = this.#board.find(name);
    return flight !== undefined && this.#monotonic() - flight.departedAt <= this.#patience ? flight : undefined;
  }

  /** Whether to wait would be for nothing: the last answer was for who asked alone. */
  isAlone(name: string): boolean {
    return this.#loners.has(name, this.#monotonic());
  }

  /**
   * Begins a flight, which takes the place of an older one. Others find it until it has landed and, where its body is still arriving,
   * until that is over, or until everyone has left.
   */
  depart(name: string, client: AbortSignal): Departure {
    const landing = Promise.withResolvers<Landing>();
    const everyone = new Party();
    const flight: Boarded = {
      name,
      next: undefined,
      departedAt: this.#monotonic(),
      landing: landing.promise,
      join: (signal) => everyone.join(signal),
    };
    const over = (): void => this.#board.remove(flight);
    let hasLanded = false;
    this.#board.add(flight);
    everyone.addEventListener("abort", over);
    everyone.join(client);
    return {
      signal: everyone,
      over,
      unkept: () => {
        this.#loners.add(name, this.#monotonic() + ALONE_MS);
        over();
      },
      land: (landed) => {
        if (hasLanded) return;
        hasLanded = true;
        if (landed.type === "own") this.#loners.add(name, this.#monotonic() + ALONE_MS);
        if (landed.type !== "arriving") over();
        landing.resolve(landed);
      },
    };
  }
}

/** Those who wait for one thing. An AbortController would do the same at ten times the cost. */
class Party implements Leaving {
  readonly #listeners: (() => void)[] = [];
  #waiting = 0;
  #isGone = false;

  /** Whether the last one has left. */
  get aborted(): boolean {
    return this.#isGone;
  }

  addEventListener(_: "abort", listener: () => void): void {
    this.#listeners.push(listener);
  }

  join(client: AbortSignal): void {
    this.#waiting++;
    const leave = (): void => {
      if (--this.#waiting > 0 || this.#isGone) return;
      this.#isGone = true;
      for (const listener of this.#listeners) listener();
    };
    if (client.aborted) leave();
    else client.addEventListener("abort", leave, { once: true });
  }
}
