import { type Instant, type Milliseconds, parseHttpDate } from "./date.ts";
import { parseDeltaSeconds } from "./delta-seconds.ts";

/** Reads Retry-After in both of its forms (RFC 9110 §10.2.3) as the time from now on; undefined where it is absent or neither. */
export function retryAfter(field: string | null, now: Instant): Milliseconds | undefined {
  if (field === null) return undefined;
  const seconds = parseDeltaSeconds(field.trim());
  if (seconds !== undefined) return seconds * 1000;
  const at = parseHttpDate(field.trim(), now);
  return at === undefined ? undefined : Math.max(0, at - now);
}
