import type { Reading } from "../../caching/stored.ts";
import { reusableUntil } from "../../caching/stored.ts";
import type { Instant, Milliseconds } from "../../http/date.ts";

const MINUTE: Milliseconds = 60_000;
const DAY: Milliseconds = 24 * 60 * MINUTE;
/** How long a response is kept that can be used no more as it is: to stand in for an origin that fails, and longer where it can be validated. */
const STALE: Milliseconds = 10 * MINUTE;
const VALIDATED: Milliseconds = DAY;
const MOST: Milliseconds = 366 * DAY;

/** How long a remote store keeps a response: as long as even stale use could want it. */
export function timeToLive(reading: Reading, now: Instant): Milliseconds {
  const canBeValidated = reading.etag !== undefined || reading.lastModified !== undefined;
  const margin = canBeValidated ? VALIDATED : STALE;
  return Math.round(Math.min(Math.max(0, reusableUntil(reading) - now) + margin, MOST));
}
