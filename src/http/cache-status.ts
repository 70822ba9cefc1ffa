import { RULED, RULES_SAY } from "./cache-control.ts";
import type { Seconds } from "./delta-seconds.ts";
import type { Detail } from "./detail.ts";
import type { Mask } from "./masked.ts";

/** Why a request went to the origin, in the words of RFC 9211 §2.2. */
export type ForwardReason = "bypass" | "method" | "uri-miss" | "vary-miss" | "miss" | "request" | "stale" | "partial";

/** Why a request goes to the origin: RFC 9211's word, and ours for what exactly it was, where there is more to say. */
export type Cause = { readonly fwd: ForwardReason; readonly why?: string | undefined };

/** How the cache handled one request: the decision itself, from which Cache-Status, X-Cache, logs and counters are printed. */
export type CacheStatus =
  /** Answered from what is stored. `ttl` is the remaining freshness, below zero where the response is stale (RFC 9211 §2.4); a fixture has none. */
  | {
      readonly type: "hit";
      readonly ttl?: Seconds;
      readonly key: string;
      readonly detail?: Detail;
      /** Where it lay; not printed. Absent where nobody could say. */
      readonly tier?: string;
    }
  /** Sent on to the origin. `status` is what came back, absent where nothing did. */
  | {
      readonly type: "forward";
      readonly fwd: ForwardReason;
      readonly status?: number;
      readonly stored: boolean;
      /** What came was asked for by another client's request, for which this one waited (RFC 9211 §2.6). */
      readonly collapsed?: true;
      readonly key?: string;
      readonly ttl?: Seconds;
      /** A {@link Detail}, or, of a vary-miss, the name of the field by which the request differs from what is stored. */
      readonly detail?: string;
    }
  /** Answered by what another client's request brought while this one waited for it. */
  | { readonly type: "collapsed"; readonly fwd: ForwardReason; readonly ttl: Seconds; readonly key: string }
  /** Sent on in vain, and answered from what is stored although it is stale. `status` is what came back, absent where nothing did. */
  | {
      readonly type: "stale-on-error";
      readonly fwd: ForwardReason;
      readonly status?: number;
      readonly collapsed?: true;
      readonly ttl: Seconds;
      readonly key: string;
      readonly detail: Detail;
    }
  /** Answered by the proxy itself: an error, or nothing stored where only that would do. */
  | { readonly type: "none"; readonly detail: Detail; readonly key?: string };

/** The word that stands in X-Cache. */
export type XCache = "HIT" | "MISS" | "STALE" | "REVALIDATED" | "BYPASS";

/** The name that stands in Cache-Status and Via. */
export const CACHE_NAME = "caching-proxy";

/** What a rule answers is no failure, and nothing that the cache or the origin was asked for. */
const OWN: ReadonlySet<string> = new Set<Detail>(["rule", "cors-preflight"]);

/** Sums up the status in the word that people look for first. */
export function xCache(of: CacheStatus): XCache {
  switch (of.type) {
    case "hit":
      return of.ttl !== undefined && of.ttl < 0 ? "STALE" : "HIT";
    case "collapsed":
      return "HIT";
    case "stale-on-error":
      return "STALE";
    case "none":
      return OWN.has(of.detail) ? "BYPASS" : "MISS";
    case "forward":
      if (of.fwd === "bypass" || of.fwd === "method") return "BYPASS";
      return of.status === 304 && of.stored ? "REVALIDATED" : "MISS";
  }
}

/** Prints the decision into a response's fields: X-Cache for people, Cache-Status (RFC 9211) for programs. What rules told our cache alone goes. */
export function annotate(headers: Headers, status: CacheStatus): void {
  if (headers.get(RULES_SAY)?.includes(RULED) === true) headers.delete(RULES_SAY);
  headers.set("X-Cache", xCache(status));
  // Caches between us and the origin have their members first (RFC 9211 §2).
  headers.append("Cache-Status", formatCacheStatus(status));
}

/** The same for others than the client whose URL it is: without secrets in the key. */
export function withMaskedKey(status: CacheStatus, mask: Mask): CacheStatus {
  return status.key === undefined ? status : { ...status, key: mask(status.key) };
}

/** One member of a Cache-Status list (RFC 9211 §2). */
export function formatCacheStatus(of: CacheStatus): string {
  let member: string = CACHE_NAME;
  switch (of.type) {
    case "hit":
      member += of.ttl === undefined ? "; hit" : `; hit; ttl=${of.ttl}`;
      break;
    case "forward":
    case "stale-on-error":
      member += `; fwd=${of.fwd}`;
      if (of.status !== undefined) member += `; fwd-status=${of.status}`;
      if (of.type === "forward" && of.stored) member += "; stored";
      if (of.collapsed) member += "; collapsed";
      if (of.ttl !== undefined) member += `; ttl=${of.ttl}`;
      break;
    case "collapsed":
      member += `; fwd=${of.fwd}; collapsed; ttl=${of.ttl}`;
      return `${member}; key=${sfString(of.key)}`;
    case "none":
      break;
  }
  if (of.key !== undefined) member += `; key=${sfString(of.key)}`;
  if (of.detail !== undefined) member += `; detail=${TOKEN.test(of.detail) ? of.detail : sfString(of.detail)}`;
  return member;
}

/** What stands in a String as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A Token of RFC 9651 §3.3.4. */
const TOKEN = /^[a-z*][a-z0-9!#$%&'*+\-.^_`|~:/]*$/i;

/** A String of RFC 9651 §3.3.3; what it cannot hold becomes a question mark. */
function sfString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return `"${text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}
