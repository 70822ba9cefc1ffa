import { strongMatch } from "../http/entity-tag.ts";
import type { CacheableMethod } from "../http/method.ts";
import { acceptable } from "./acceptable.ts";
import { isGuessed } from "./freshness.ts";
import type { Presented } from "./selecting.ts";
import type { StoredResponse } from "./stored.ts";
import { CONDITIONAL_FIELDS } from "./validation.ts";

/** What the choice of candidates asks of a request. */
export type CandidateRequest = {
  readonly method: CacheableMethod;
  readonly headers: Headers;
  readonly presented: Presented;
  readonly publicOrigin: string;
  readonly personal: () => boolean;
};

/** How many entity tags are sent along, and how long they may be together. */
const MOST_TAGS = 16;
const MOST_TAG_BYTES = 4096;

/**
 * The stored variants of which one may be what a request is for that selects none of them (RFC 9111 §4.1): the origin is told their entity
 * tags and may choose one by a 304. Only strong ones, since a weak one may well be that of another content coding, too, and only of what
 * the request says that it takes: some origins give one tag to all that they have, against RFC 9110 §8.8.3.
 * @param variants the responses stored under its key, most recent first
 */
export function candidates(request: CandidateRequest, variants: readonly StoredResponse[]): readonly StoredResponse[] {
  const { headers } = request;
  // A 304 to the client's own conditions would say something else.
  if (headers.has("range") || CONDITIONAL_FIELDS.some((name) => headers.has(name))) return [];
  const takes = acceptable(request.presented);
  const chosen: StoredResponse[] = [];
  const tags = new Set<string>();
  let bytes = 0;
  for (const stored of variants) {
    const { etag } = stored.reading;
    if (etag === undefined || tags.has(etag) || !mayBe(request, stored) || !takes(stored.headers)) continue;
    bytes += etag.length + ", ".length;
    if (chosen.length === MOST_TAGS || bytes > MOST_TAG_BYTES) break;
    tags.add(etag);
    chosen.push(stored);
  }
  return chosen;
}

/** Turns request fields into those that name the candidates (RFC 9111 §4.3.1). */
export function setCandidates(headers: Headers, of: readonly StoredResponse[]): void {
  headers.set("if-none-match", of.map(({ reading }) => reading.etag).join(", "));
}

/**
 * The candidate that a 304 names (RFC 9111 §4.3.4); none where it names none of them, or does not say that the page that asks may read it:
 * the stored one says that of another, and a 304 need not repeat it (RFC 9110 §15.4.5).
 */
export function chosenOf(
  request: CandidateRequest,
  of: readonly StoredResponse[],
  notModified: Headers,
): StoredResponse | undefined {
  const etag = notModified.get("etag");
  const chosen = etag === null ? undefined : of.find(({ reading }) => strongMatch(reading.etag ?? "", etag));
  const silent = chosen !== undefined && isOfAnotherSite(request, chosen) && !notModified.has(ALLOWED);
  return silent ? undefined : chosen;
}

/** The field by which an origin lets pages of another site read a response (Fetch §3.3). */
const ALLOWED = "access-control-allow-origin";

function isOfAnotherSite({ presented }: CandidateRequest, { selecting }: StoredResponse): boolean {
  return selecting.some(([name, value]) => name === "origin" && value !== presented(name));
}

function mayBe(request: CandidateRequest, stored: StoredResponse): boolean {
  const { method, publicOrigin, reading, selecting } = stored;
  if (method !== request.method || publicOrigin !== request.publicOrigin) return false;
  if (reading.status !== 200 || !STRONG.test(reading.etag ?? "")) return false;
  if (reading.personal || (isGuessed(reading.lifetime) && request.personal())) return false;
  if (request.presented("origin") === null && isOfAnotherSite(request, stored)) return false;
  // Where something else differs, who asks may be another one, and the tag one that both have.
  return selecting.every(([name, value]) => NEGOTIATED.test(name) || value === request.presented(name));
}

/** The fields by which a representation is negotiated (RFC 9110 §12.5), and the one that only lets a page read it. */
const NEGOTIATED = /^(?:accept(?:-charset|-encoding|-language)?|origin)$/;

/** A strong entity tag, as it can stand in a list of them (RFC 9110 §8.8.3). */
const STRONG = /^"[\x21\x23-\x7e\x80-\xff]*"$/;
