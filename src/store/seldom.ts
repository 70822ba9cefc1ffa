import type { Milliseconds } from "../http/date.ts";

/** The same trouble is told again after so long at the earliest. */
const AT_MOST_EVERY: Milliseconds = 10_000;
/** Troubles that are told apart; beyond that all are forgotten. */
const REMEMBERED = 100;

type Told = { readonly at: Milliseconds; held: number };

/**
 * Tells of the same trouble only now and then, with how often it came between: a store that is down fails with every request.
 * @param tell what is told is followed by ` (and 7 times more before)` where it was held back
 * @param monotonic ms on a clock that never steps
 */
export function seldom(
  tell: (error: Error) => void,
  monotonic: () => Milliseconds,
): (message: string, cause: unknown) => void {
  const told = new Map<string, Told>();
  return (message, cause) => {
    const trouble = `${message} ${String(cause)}`;
    const now = monotonic();
    const before = told.get(trouble);
    if (before !== undefined && now - before.at < AT_MOST_EVERY) {
      before.held++;
      return;
    }
    if (told.size >= REMEMBERED) told.clear();
    told.set(trouble, { at: now, held: 0 });
    const often = before === undefined || before.held === 0 ? "" : ` (and ${before.held} times more before)`;
    tell(new Error(message + often, { cause }));
  };
}
