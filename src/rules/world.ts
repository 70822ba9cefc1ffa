import type { Milliseconds } from "../http/date.ts";
import type { Incoming } from "../http/exchange.ts";
import type { RuleCounts } from "./rule-counts.ts";

/** What effects rest on outside of the rules. */
export type World = {
  /** From 0 to 1, without 1: the next number for requests of this one's lane. */
  readonly random: (incoming: Incoming) => number;
  /** Switches the scenario of a request's lane; undefined where that is so at once, and else until all have heard. */
  readonly enter: (incoming: Incoming, scenario: string | undefined) => Promise<void> | undefined;
  /** Ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  /** Ends sooner where the signal says that nobody waits any longer. */
  readonly pause: (length: Milliseconds, signal: AbortSignal) => Promise<void>;
  /** Ends a request's connection without an answer, as soon as the wire can. */
  readonly abandon: (request: Request) => void;
  /** The scheme and authority by which a client knows us. */
  readonly publicOrigin: (incoming: Incoming) => string;
  /** Counts what has taken effect. */
  readonly counts: Pick<RuleCounts, "met" | "took" | "askedFor">;
  /** Whom a request is for, with its base path. */
  readonly originOf: (incoming: Incoming) => URL;
};
