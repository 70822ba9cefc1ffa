import type { RequestDirectives } from "../http/cache-control.ts";
import type { ForwardReason } from "../http/cache-status.ts";
import type { Instant } from "../http/date.ts";
import type { CacheableMethod } from "../http/method.ts";
import { cut, type RangeAsked } from "./cut.ts";
import { hasGuessedLifetime } from "./freshness.ts";
import { preferredLanguage } from "./language.ts";
import { matches, matchesBut, type Presented } from "./selecting.ts";
import type { StoredResponse } from "./stored.ts";

/** What reuse asks of a request. */
export type ReusingRequest = {
  readonly method: CacheableMethod;
  readonly presented: Presented;
  /** The scheme and authority by which the client asked. */
  readonly publicOrigin: string;
  readonly directives: RequestDirectives;
  /** The part that it asks for; undefined for the whole. */
  readonly range: RangeAsked | undefined;
  /** Whether it says who sends it: a lifetime that nobody stated is not meant for it. Asked only where it matters. */
  readonly personal: () => boolean;
};

/** Which of the stored responses is selected. */
export type Choice =
  | { readonly type: "one"; readonly stored: StoredResponse }
  /** A part is stored, and more is wanted. */
  | { readonly type: "part"; readonly stored: StoredResponse }
  | { readonly type: "none"; readonly fwd: ForwardReason };

/** How a stored response fits a request: the first question that it fails, in the order in which they are asked. */
export type Fit =
  /** A stored HEAD has no body to answer GET with (RFC 9110 §9.3.2). */
  | "method"
  /** Nor has a part the fields of the whole (RFC 9110 §14.2 has HEAD ignore Range). */
  | "part-for-head"
  /** Its lifetime is a guess, and the request says who sends it. */
  | "guessed"
  /** It was asked for by another name of the proxy. */
  | "name"
  /** The selecting header fields differ (RFC 9111 §4.1). */
  | "fields"
  /** It is a part, and more is wanted (RFC 9111 §3.3). */
  | "lacking"
  | "selected";

/** RFC 9111 §4: the stored method allows it and the selecting header fields match; of several the most recent. */
export function select(request: ReusingRequest, variants: readonly StoredResponse[], now: Instant): Choice {
  if (variants.length === 0) return { type: "none", fwd: "uri-miss" };
  let answersMethod = false;
  let one: StoredResponse | undefined;
  let part: StoredResponse | undefined;
  for (const stored of variants) {
    const fit = fitOf(request, stored, now);
    if (!answers(fit)) continue;
    answersMethod = true;
    if (fit === "lacking") part ??= stored;
    // By Date, not by arrival: what came later through another cache may be older. It tells no less than a second.
    else if (fit === "selected" && (one === undefined || stored.reading.date - one.reading.date >= 1000)) one = stored;
  }
  if (one !== undefined) return { type: "one", stored: one };
  if (part !== undefined) return { type: "part", stored: part };
  if (!answersMethod) return { type: "none", fwd: "miss" };
  const stored = byLanguage(request, variants, now);
  return stored === undefined ? { type: "none", fwd: "vary-miss" } : { type: "one", stored };
}

/** Asks of one stored response what {@link select} asks of each. */
export function fitOf(request: ReusingRequest, stored: StoredResponse, now: Instant): Fit {
  if (request.method === "GET" && stored.method === "HEAD") return "method";
  if (request.method === "HEAD" && stored.reading.status === 206) return "part-for-head";
  if (hasGuessedLifetime(stored.reading) && request.personal()) return "guessed";
  if (stored.publicOrigin !== request.publicOrigin) return "name";
  if (!matches(stored.selecting, request.presented)) return "fields";
  return stored.reading.status === 206 && cut(request.range, stored, now).type === "lacking" ? "lacking" : "selected";
}

/** Whether it may answer such a request at all, whatever its fields. */
function answers(fit: Fit): boolean {
  return fit !== "method" && fit !== "part-for-head" && fit !== "guessed";
}

/** RFC 9111 §4.1: where nothing else differs, content in the language that the request weighs the most is what the origin would choose. */
function byLanguage(
  request: ReusingRequest,
  variants: readonly StoredResponse[],
  now: Instant,
): StoredResponse | undefined {
  if (!variants.some(({ reading }) => reading.language !== undefined)) return undefined;
  const preferred = preferredLanguage(request.presented("accept-language"));
  if (preferred === undefined) return undefined;
  return variants.find(
    (stored) =>
      stored.reading.language === preferred &&
      stored.reading.status !== 206 &&
      fitOf(request, stored, now) === "fields" &&
      matchesBut("accept-language", stored.selecting, request.presented),
  );
}
