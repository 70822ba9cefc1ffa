import type { Milliseconds } from "./date.ts";

/**
 * A client that is silent for longer in the middle of a request, or takes nothing of its answer, is no longer waited for. Longer than
 * clients keep a connection that they do not use, as a rule.
 */
export const CLIENT_SILENCE: Milliseconds = 120_000;
