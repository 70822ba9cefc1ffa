/** A span of time in whole seconds, as header fields state it. */
export type Seconds = number;

/** The greatest value kept: what does not fit counts as "far away" (RFC 9111 §1.2.2). */
export const MAX_DELTA_SECONDS: Seconds = 2 ** 31;

/**
 * Reads delta-seconds (RFC 9111 §1.2.2): digits and nothing else.
 * @returns undefined where the text is anything but a non-negative integer
 */
export function parseDeltaSeconds(text: string): Seconds | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  return Math.min(Number(text), MAX_DELTA_SECONDS);
}
