import { type Cuttable, cut } from "../caching/cut.ts";
import type { StoredResponse } from "../caching/stored.ts";
import { precondition } from "../caching/validation.ts";
import { annotate, type CacheStatus } from "../http/cache-status.ts";
import { formatContentRange } from "../http/content-range.ts";
import type { Instant } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { Reply } from "../http/exchange.ts";
import { multipartByteranges } from "../http/multipart-byteranges.ts";
import { isWithoutBody } from "../http/status.ts";
import type { Ask } from "./ask.ts";

/** What to answer with: a stored response, and how old it is. */
export type Chosen = { readonly stored: StoredResponse; readonly age: Seconds };

/**
 * Answers a request from a stored response: the whole, its fields for HEAD, 304 where the client's copy is current, or a part
 * (RFC 9111 §4, §4.3.2, RFC 9110 §14). The stored body is shared, not copied.
 */
export function respond(ask: Ask, { stored, age }: Chosen, cacheStatus: CacheStatus, now: Instant): Reply {
  const headers = new Headers(stored.headers);
  headers.set("age", String(age));
  // The origin let it be shared for as long as it is fresh, and no longer.
  if (isStale(cacheStatus)) headers.delete("set-cookie");
  annotate(headers, cacheStatus);
  return { response: answer(ask, stored, headers, now), cacheStatus };
}

/**
 * The response that a stored one gives to a request.
 * @param headers of the stored response as they are to be sent, which this changes
 * @throws Error where a part is stored and the request wants more than it holds, for which nobody may choose it
 */
export function answer(
  ask: Ask,
  stored: Cuttable & Pick<StoredResponse, "key">,
  headers: Headers,
  now: Instant,
): Response {
  const { status } = stored.reading;
  if (precondition(ask.headers, stored.reading, now) === "not-modified") {
    // A 304 has no content, so it says nothing of one (RFC 9110 §15.4.5).
    for (const name of CONTENT_FIELDS) headers.delete(name);
    return new Response(null, { status: 304, headers });
  }
  if (ask.method === "HEAD" || isWithoutBody(status)) return new Response(null, { status, headers });
  const part = cut(ask.range, stored, now);
  switch (part.type) {
    case "whole":
      return new Response(stored.body, { status, headers });
    case "single": {
      const length = part.last - part.first + 1;
      headers.set("content-range", formatContentRange(part, part.complete));
      headers.set("content-length", String(length));
      return new Response(stored.body.slice(part.offset, part.offset + length), { status: 206, headers });
    }
    case "several": {
      const type = headers.get("content-type");
      const { body, length, contentType } = multipartByteranges(stored.body, part.ranges, type, crypto.randomUUID());
      headers.set("content-type", contentType);
      headers.set("content-length", String(length));
      // Only its parts have one (RFC 9110 §15.3.7.2).
      headers.delete("content-range");
      return new Response(body, { status: 206, headers });
    }
    case "unsatisfiable":
      for (const name of CONTENT_FIELDS) headers.delete(name);
      headers.set("content-range", `bytes */${part.complete}`);
      headers.set("content-length", "0");
      return new Response(null, { status: 416, headers });
    case "lacking":
      throw new Error(`A part of ${stored.key} was chosen for more than it holds.`);
  }
}

function isStale(of: CacheStatus): boolean {
  return of.type === "stale-on-error" || (of.type === "hit" && of.ttl < 0);
}

const CONTENT_FIELDS = ["content-encoding", "content-length", "content-range", "content-type"];
