import { parseDeltaSeconds, type Seconds } from "./delta-seconds.ts";

/**
 * Reads an Age field (RFC 9111 §5.1): of several values the first counts, and one that is not a non-negative integer is ignored.
 * @param value the combined field value or `null`
 * @returns 0 where nothing usable is said
 */
export function parseAge(value: string | null): Seconds {
  if (value === null) return 0;
  const comma = value.indexOf(",");
  return parseDeltaSeconds((comma < 0 ? value : value.slice(0, comma)).trim()) ?? 0;
}
