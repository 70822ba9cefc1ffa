import { type Cuttable, cut } from "../caching/cut.ts";
import type { StoredResponse } from "../caching/stored.ts";
import { precondition } from "../caching/validation.ts";
import { annotate, type CacheStatus } from "../http/cache-status.ts";
import { formatContentRange } from "../http/content-range.ts";
import type { Instant } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { Reply, ResponseParts } from "../http/exchange.ts";
import { multipartByteranges } from "../http/multipart-byteranges.ts";
import { rememberedWith } from "../http/remembered.ts";
import { isWithoutBody } from "../http/status.ts";
import type { Ask } from "./ask.ts";
import { PrintedFields } from "./printed-fields.ts";

/** What to answer with: a stored response, and how old it is. */
export type Chosen = { readonly stored: StoredResponse; readonly age: Seconds };

/**
 * Answers a request from a stored response: the whole, its fields for HEAD, 304 where the client's copy is current, or a part
 * (RFC 9111 §4, §4.3.2, RFC 9110 §14). The stored body is shared, not copied.
 */
export function respond(ask: Ask, { stored, age }: Chosen, cacheStatus: CacheStatus, now: Instant): Reply {
  return { response: answer(ask, stored, printed(stored, age, cacheStatus), now), cacheStatus };
}

const PRINTED = new PrintedFields();

function printed(stored: StoredResponse, age: Seconds, cacheStatus: CacheStatus): Headers {
  if (cacheStatus.type === "hit") return PRINTED.of(stored, age, cacheStatus);
  const fields = new Headers(stored.headers);
  fields.set("age", String(age));
  // The origin let it be shared for as long as it is fresh, and no longer.
  if (cacheStatus.type === "stale-on-error") fields.delete("set-cookie");
  annotate(fields, cacheStatus);
  return fields;
}

/**
 * The response that a stored one gives to a request.
 * @param headers as they are to be sent with all of what is stored; not changed
 * @throws Error where a part is stored and the request wants more than it holds, for which nobody may choose it
 */
export function answer(
  ask: Pick<Ask, "method" | "headers" | "range">,
  stored: Cuttable & Pick<StoredResponse, "key">,
  headers: Headers,
  now: Instant,
): ResponseParts {
  const { status } = stored.reading;
  if (precondition(ask.headers, stored.reading, now) === "not-modified") {
    return { status: 304, headers: contentless(headers), body: null };
  }
  if (ask.method === "HEAD" || isWithoutBody(status)) return { status, headers, body: null };
  const part = cut(ask.range, stored, now);
  switch (part.type) {
    case "whole":
      return { status, headers, body: stored.body };
    case "single": {
      const length = part.last - part.first + 1;
      const fields = new Headers(headers);
      fields.set("content-range", formatContentRange(part, part.complete));
      fields.set("content-length", String(length));
      return { status: 206, headers: fields, body: stored.body.slice(part.offset, part.offset + length) };
    }
    case "several": {
      const type = headers.get("content-type");
      const { body, length, contentType } = multipartByteranges(stored.body, part.ranges, type, crypto.randomUUID());
      // Only its parts have a Content-Range (RFC 9110 §15.3.7.2).
      const fields = without(["content-range"], headers);
      fields.set("content-type", contentType);
      fields.set("content-length", String(length));
      return { status: 206, headers: fields, body };
    }
    case "unsatisfiable": {
      const fields = without(CONTENT_FIELDS, headers);
      fields.set("content-range", `bytes */${part.complete}`);
      fields.set("content-length", "0");
      return { status: 416, headers: fields, body: null };
    }
    case "lacking":
      throw new Error(`A part of ${stored.key} was chosen for more than it holds.`);
  }
}

function without(names: readonly string[], headers: Headers): Headers {
  const fields = new Headers(headers);
  for (const name of names) fields.delete(name);
  return fields;
}

/** What has no content says nothing of one (RFC 9110 §15.4.5). */
const CONTENT_FIELDS = ["content-encoding", "content-length", "content-range", "content-type"];

/** The fields of a 304, made once for all hits that share theirs. */
const contentless = rememberedWith((headers: Headers) => without(CONTENT_FIELDS, headers));
