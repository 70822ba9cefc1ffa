import type { StoredResponse } from "../caching/stored.ts";
import { precondition } from "../caching/validation.ts";
import { annotate, type CacheStatus } from "../http/cache-status.ts";
import { type Instant, parseHttpDate } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import { strongMatch } from "../http/entity-tag.ts";
import type { Incoming, Reply } from "../http/exchange.ts";
import { parseRange, type RangeRequest } from "../http/range.ts";
import { isWithoutBody } from "../http/status.ts";

/** What to answer with: a stored response, and how old it is. */
export type Chosen = { readonly stored: StoredResponse; readonly age: Seconds };

/**
 * Answers a request from a stored response: the whole, its fields for HEAD, 304 where the client's copy is current, or a part
 * (RFC 9111 §4, §4.3.2, RFC 9110 §14). The stored body is shared, not copied.
 */
export function respond(incoming: Incoming, { stored, age }: Chosen, cacheStatus: CacheStatus, now: Instant): Reply {
  const headers = new Headers(stored.headers);
  headers.set("age", String(age));
  // The origin let it be shared for as long as it is fresh, and no longer.
  if (isStale(cacheStatus)) headers.delete("set-cookie");
  annotate(headers, cacheStatus);
  return { response: build(incoming, stored, headers, now), cacheStatus };
}

function build(incoming: Incoming, stored: StoredResponse, headers: Headers, now: Instant): Response {
  const { status } = stored.reading;
  if (precondition(incoming.headers, stored.reading, now) === "not-modified") {
    // A 304 has no content, so it says nothing of one (RFC 9110 §15.4.5).
    for (const name of CONTENT_FIELDS) headers.delete(name);
    return new Response(null, { status: 304, headers });
  }
  if (incoming.request.method === "HEAD" || isWithoutBody(status)) return new Response(null, { status, headers });
  const range = rangeOf(incoming.headers, stored, now);
  switch (range.type) {
    case "whole":
      return new Response(stored.body, { status, headers });
    case "single": {
      headers.set("content-range", `bytes ${range.first}-${range.last}/${stored.body.size}`);
      headers.set("content-length", String(range.last - range.first + 1));
      return new Response(stored.body.slice(range.first, range.last + 1), { status: 206, headers });
    }
    case "unsatisfiable":
      for (const name of CONTENT_FIELDS) headers.delete(name);
      headers.set("content-range", `bytes */${stored.body.size}`);
      headers.set("content-length", "0");
      return new Response(null, { status: 416, headers });
  }
}

function isStale(of: CacheStatus): boolean {
  return of.type === "stale-on-error" || (of.type === "hit" && of.ttl < 0);
}

const CONTENT_FIELDS = ["content-encoding", "content-length", "content-range", "content-type"];

function rangeOf(request: Headers, stored: StoredResponse, now: Instant): RangeRequest {
  const range = request.get("range");
  if (range === null || stored.reading.status !== 200) return { type: "whole" };
  const ifRange = request.get("if-range");
  if (ifRange !== null && !isCurrent(ifRange, stored, now)) return { type: "whole" };
  return parseRange(range, stored.body.size);
}

/** If-Range holds by strong comparison, or by a date that is exactly the stored one's (RFC 9110 §13.1.5). */
function isCurrent(ifRange: string, { reading, headers }: StoredResponse, now: Instant): boolean {
  if (ifRange.includes('"')) return reading.etag !== undefined && strongMatch(ifRange, reading.etag);
  const date = parseHttpDate(ifRange, now);
  if (date === undefined || date !== reading.lastModified || !headers.has("date")) return false;
  // Strong only where Last-Modified lies a second or more before Date (RFC 9110 §8.8.2.2).
  return reading.date - date >= 1000;
}
