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
  const response = answer(ask, stored, stored.headers, now);
  const { headers } = response;
  headers.set("age", String(age));
  // The origin let it be shared for as long as it is fresh, and no longer.
  if (isStale(cacheStatus)) headers.delete("set-cookie");
  annotate(headers, cacheStatus);
  return { response, cacheStatus };
}

/**
 * The response that a stored one gives to a request, with fields of its own that may be changed.
 * @param fields of what is stored, as they are to be sent with all of it
 * @throws Error where a part is stored and the request wants more than it holds, for which nobody may choose it
 */
export function answer(
  ask: Ask,
  stored: Cuttable & Pick<StoredResponse, "key">,
  fields: Headers,
  now: Instant,
): Response {
  const { status } = stored.reading;
  if (precondition(ask.headers, stored.reading, now) === "not-modified") return withoutContent(304, fields);
  if (ask.method === "HEAD" || isWithoutBody(status)) return new Response(null, { status, headers: fields });
  const part = cut(ask.range, stored, now);
  switch (part.type) {
    case "whole":
      return new Response(stored.body, { status, headers: fields });
    case "single": {
      const length = part.last - part.first + 1;
      const body = stored.body.slice(part.offset, part.offset + length);
      const response = new Response(body, { status: 206, headers: fields });
      response.headers.set("content-range", formatContentRange(part, part.complete));
      response.headers.set("content-length", String(length));
      return response;
    }
    case "several": {
      const type = fields.get("content-type");
      const { body, length, contentType } = multipartByteranges(stored.body, part.ranges, type, crypto.randomUUID());
      const response = new Response(body, { status: 206, headers: fields });
      response.headers.set("content-type", contentType);
      response.headers.set("content-length", String(length));
      // Only its parts have one (RFC 9110 §15.3.7.2).
      response.headers.delete("content-range");
      return response;
    }
    case "unsatisfiable": {
      const response = withoutContent(416, fields);
      response.headers.set("content-range", `bytes */${part.complete}`);
      response.headers.set("content-length", "0");
      return response;
    }
    case "lacking":
      throw new Error(`A part of ${stored.key} was chosen for more than it holds.`);
  }
}

/** What has no content says nothing of one (RFC 9110 §15.4.5). */
function withoutContent(status: number, fields: Headers): Response {
  const response = new Response(null, { status, headers: fields });
  for (const name of CONTENT_FIELDS) response.headers.delete(name);
  return response;
}

function isStale(of: CacheStatus): boolean {
  return of.type === "stale-on-error" || (of.type === "hit" && of.ttl < 0);
}

const CONTENT_FIELDS = ["content-encoding", "content-length", "content-range", "content-type"];
