import type { Milliseconds } from "../http/date.ts";
import type { Leaving } from "../http/origin.ts";

/** What came of a request to the origin, for those of other proxies who waited for it. */
export type TurnOutcome =
  /** It is in the store that all share, if it is anywhere: look again. */
  | "done"
  /** It is for who asked alone, as answers to this will be for a while. */
  | "own"
  /** It says nothing of what others would get: each asks for himself. */
  | "failed"
  /** It came to nothing: somebody else is to try. */
  | "again";

/** What a proxy is to do that would ask the origin. */
export type Turn =
  /** To ask, and to say what came of it; only the first word counts. `lookFirst`: somebody else has asked a moment ago. */
  | { readonly type: "mine"; readonly lookFirst: boolean; readonly end: (outcome: TurnOutcome) => Promise<void> }
  /** To look again: it was somebody else's turn, and that has ended. `done`: with what he says others find. */
  | { readonly type: "passed"; readonly done: boolean }
  /** To leave it to who has it. */
  | { readonly type: "taken" }
  /** To ask without a turn: others neither wait for it nor would it do to wait for them. `own`: since answers are for who asks alone. */
  | { readonly type: "nobodys"; readonly own: boolean };

/** Sees to it that of all proxies that share a store one at a time asks the origin for the same. */
export interface Turns {
  /** Takes the turn, unless somebody has it. */
  tryTake(name: string): Promise<Turn>;
  /**
   * Takes the turn, or waits until it passes from who has it.
   * @param name what is asked for
   * @param patience how long it waits at most
   * @param signal ends the waiting
   */
  take(
    name: string,
    patience: Milliseconds,
    signal: Pick<Leaving, "aborted">,
  ): Promise<Exclude<Turn, { type: "taken" }>>;
}
