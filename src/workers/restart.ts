import type { Milliseconds } from "../http/date.ts";

/** How one life of a worker went. */
export type Life = {
  /** Whether it got as far as to serve. */
  readonly served: boolean;
  readonly lasted: Milliseconds;
};

/** What the lives before have come to; `0, 0` at first. */
export type Trouble = {
  /** Lives in a row that were short. */
  readonly short: number;
  /** Those in a row that ended before it served. */
  readonly failedStarts: number;
};

/** What to do about a worker that ended without being told to. */
export type Restart =
  | { readonly type: "restart"; readonly pause: Milliseconds; readonly trouble: Trouble }
  /** It cannot start. */
  | { readonly type: "give-up"; readonly failedStarts: number };

export const NO_TROUBLE: Trouble = { short: 0, failedStarts: 0 };

/** Who has lived that long ended for a reason of its own and not for one of its start. */
const LONG_LIFE: Milliseconds = 60_000;
const FIRST_PAUSE: Milliseconds = 100;
const LONGEST_PAUSE: Milliseconds = 10_000;
const FAILED_STARTS = 5;

/** Decides what follows the end of a worker: at once another one, after short lives a growing pause, after failed starts none. */
export function afterEnd({ short, failedStarts }: Trouble, { served, lasted }: Life): Restart {
  const failed = served ? 0 : failedStarts + 1;
  if (failed >= FAILED_STARTS) return { type: "give-up", failedStarts: failed };
  if (lasted >= LONG_LIFE) return { type: "restart", pause: 0, trouble: { short: 0, failedStarts: failed } };
  const pause = short === 0 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (short - 1));
  return { type: "restart", pause, trouble: { short: short + 1, failedStarts: failed } };
}
