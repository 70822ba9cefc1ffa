import type { Moment } from "../caching/moment.ts";

/** The time as this machine has it. */
export function ownClock(): Moment {
  return { wall: Date.now(), steady: performance.now() };
}
