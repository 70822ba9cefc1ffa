import type { ForwardReason } from "../http/cache-status.ts";
import type { Outcome } from "./record.ts";

/**
 * The words by which counts are told apart. Each list is closed, so that there are no more counts than these whatever clients and
 * origins send: who is not in it is "other".
 */

export const OUTCOMES = [
  "hit",
  "miss",
  "stale",
  "revalidated",
  "bypass",
  "error",
] as const satisfies readonly Outcome[];

export const METHODS: readonly string[] = [
  ...["GET", "HEAD", "QUERY", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"],
  "other",
];

/** The first digit of a status. */
export const STATUS_CLASSES: readonly string[] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/** Where stored responses lie. */
export const TIERS: readonly string[] = ["memory", "sqlite", "redis", "memcached", "fixture", "other"];

/** RFC 9211 §2.2. */
export const FORWARD_REASONS: readonly ForwardReason[] = [
  ...(["uri-miss", "vary-miss", "miss", "stale", "request", "partial", "method", "bypass"] as const),
];

/** Cache-Status's details of what is not stored. */
export const NOT_STORED: readonly string[] = [
  ...["method", "partial-content", "range-not-satisfiable", "not-modified", "request-no-store", "no-store", "private"],
  ...["authorization", "personal", "vary-star", "status-not-understood", "status-not-cacheable"],
  ...[
    "no-lifetime-and-no-validator",
    "too-large",
    "too-many-tags",
    "end-not-provable",
    "request-at-fault",
    "invalidated",
  ],
  ...["ambiguous-url", "precondition-for-origin", "query-too-large", "content-unreadable", "graphql-not-query"],
  "other",
];

/** Those of requests that were not sent, to spare the origin's quota or the origin itself. */
const SPARED: readonly string[] = [
  ...["origin-rate-limited", "origin-overloaded", "origin-quota-low"],
  "overloaded",
  "circuit-open",
];

/** Those of all requests that were not sent: with --offline none is. */
export const UNSENT: readonly string[] = [...SPARED, "offline"];

/** Cache-Status's details of what the origin did not answer, or not so that it could be used. */
export const FAILURES: readonly string[] = [
  ...["origin-unreachable", "origin-timeout", "client-left", "loop", "method-not-supported"],
  ...SPARED,
  ...["stale-if-error", "validation-failed", "only-if-cached", "internal-error"],
  ...["offline", "unrecorded", "fixture-broken"],
  "other",
];

/** Finds the place of a word in a list; of one that is not in it that of the last. */
export function placesIn(words: readonly string[]): (word: string) => number {
  const places = new Map(words.map((word, place) => [word, place]));
  return (word) => places.get(word) ?? words.length - 1;
}
