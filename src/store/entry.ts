import { currentAge, remainingAt, remainingSeconds } from "../caching/freshness.ts";
import type { Group } from "../caching/group.ts";
import { orderOf, queriedUrl, queryOf, ruleTextOf } from "../caching/key.ts";
import type { Moment } from "../caching/moment.ts";
import { shownValue } from "../caching/personal.ts";
import type { Selecting } from "../caching/selecting.ts";
import { HIDDEN } from "../http/masked.ts";
import type { Held } from "./inventory.ts";

/** A stored response as it is listed: what there is to know of it but its fields and its content. */
export type Entry = {
  /** What was asked of the origin; of a response that answers for several URLs, what its rule leaves of them. */
  readonly url: string;
  readonly method: string;
  readonly status: number;
  readonly state: "fresh" | "stale";
  /** Validated before each use, also while it is fresh. */
  readonly noCache?: true;
  readonly ageSeconds: number;
  /** Below zero once stale, as Cache-Status has it. */
  readonly ttlSeconds: number;
  /** What it takes, with key, fields and bookkeeping, and what of it is content. */
  readonly bytes: number;
  readonly bodyBytes: number;
  /** Absent where nobody counts. */
  readonly hits?: number;
  readonly tags: readonly string[];
  /** The name by which clients ask for it, and the selecting header fields; null stands for a field that requests must not have. */
  readonly publicOrigin: string;
  readonly selecting: Readonly<Record<string, string | null>>;
  /** The part that it is, as Content-Range has it. */
  readonly part?: string;
  /** The No-Vary-Search rule by which it answers for several URLs. */
  readonly noVarySearch?: string;
  /** It answers a QUERY, or a POST that a rule says is one, of whose content this is the digest. */
  readonly query?: string;
  /** The worker in whose memory it lies, where there are several. */
  readonly worker?: number;
};

/** The same with all else that there is to see. */
export type DetailedEntry = Entry & {
  readonly lifetime: { readonly seconds: number; readonly source: string };
  /** When it came, or was validated last, in ISO 8601. */
  readonly receivedAt: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
};

/** Describes a stored response at an instant. */
export function entryOf({ stored, bytes, hits }: Held, now: Moment): Entry {
  const { key, method, reading, selecting, publicOrigin, groups, body, headers } = stored;
  const age = currentAge(reading, now);
  const remaining = remainingAt(age, reading.lifetime);
  const url = orderOf(key) ?? queriedUrl(key) ?? key;
  const rule = ruleTextOf(key);
  const query = queryOf(key);
  const part = reading.contentRange === undefined ? null : headers.get("content-range");
  return {
    url: rule === undefined ? url : url.slice(0, -rule.length - 1),
    ...{ method: query?.method ?? method, status: reading.status, state: remaining > 0 ? "fresh" : "stale" },
    ...(reading.directives.noCache === true ? { noCache: true } : {}),
    ...{ ageSeconds: Math.floor(age / 1000), ttlSeconds: remainingSeconds(remaining) },
    ...{ bytes, bodyBytes: body.size, ...(hits === undefined ? {} : { hits }) },
    ...{ tags: tagsOf(groups), publicOrigin },
    selecting: shownSelecting(selecting),
    ...(part === null ? {} : { part }),
    ...(rule === undefined ? {} : { noVarySearch: rule }),
    ...(query === undefined ? {} : { query: query.digest }),
  };
}

/** Describes a stored response at an instant, with its fields. */
export function detailedEntry(held: Held, now: Moment): DetailedEntry {
  const { reading, headers } = held.stored;
  return {
    ...entryOf(held, now),
    lifetime: { seconds: reading.lifetime.ms / 1000, source: reading.lifetime.source },
    receivedAt: new Date(reading.responseTime).toISOString(),
    headers: shownFields(headers),
  };
}

/** Selecting header fields without what a client proves who he is by: that is nobody else's business, not even on the admin's screen. */
export function shownSelecting(selecting: Selecting): Entry["selecting"] {
  return Object.fromEntries(selecting.map(([name, value]) => [name, value === null ? null : shownValue(name, value)]));
}

/** A response's fields without secrets. */
export function shownFields(headers: Headers): DetailedEntry["headers"] {
  return [...headers].map(([name, value]) => [name, shownField(name, value)]);
}

/** The names by which it can be purged together with others. */
export function tagsOf(groups: readonly Group[]): readonly string[] {
  return groups.flatMap((group) => /^(?:cache-group|tag) \S+ (.*)$/s.exec(group)?.[1] ?? []);
}

/** A cookie's name and attributes say what it is for; its value, like any credential's, is not needed for that. */
function shownField(name: string, value: string): string {
  return name.toLowerCase() === "set-cookie" ? value.replace(/=[^;]*/, `=${HIDDEN}`) : shownValue(name, value);
}
