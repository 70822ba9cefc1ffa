import { strongMatch } from "../http/entity-tag.ts";
import { splitList } from "../http/list.ts";
import type { CacheableMethod } from "../http/method.ts";
import { parsePreferences } from "../http/quality.ts";
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
 * tags and may choose one by a 304. Only strong ones, since a weak one may well be that of another content coding, too.
 * @param variants the responses stored under its key, most recent first
 */
export function candidates(request: CandidateRequest, variants: readonly StoredResponse[]): readonly StoredResponse[] {
  const { headers } = request;
  // A 304 to the client's own conditions would say something else.
  if (headers.has("range") || CONDITIONAL_FIELDS.some((name) => headers.has(name))) return [];
  const chosen: StoredResponse[] = [];
  const tags = new Set<string>();
  let bytes = 0;
  for (const stored of variants) {
    const { etag } = stored.reading;
    if (etag === undefined || tags.has(etag) || !mayBe(request, stored)) continue;
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

/** The candidate that a 304 names; none where it names none of them (RFC 9111 §4.3.4). */
export function chosenOf(of: readonly StoredResponse[], notModified: Headers): StoredResponse | undefined {
  const etag = notModified.get("etag");
  return etag === null ? undefined : of.find(({ reading }) => strongMatch(reading.etag ?? "", etag));
}

function mayBe(request: CandidateRequest, { method, publicOrigin, reading, headers }: StoredResponse): boolean {
  if (method !== request.method || publicOrigin !== request.publicOrigin) return false;
  if (reading.status !== 200 || !STRONG.test(reading.etag ?? "")) return false;
  if (reading.personal || (isGuessed(reading.lifetime) && request.personal())) return false;
  return accepts(request.presented("accept-encoding"), headers.get("content-encoding"));
}

/** A strong entity tag, as it can stand in a list of them (RFC 9110 §8.8.3). */
const STRONG = /^"[\x21\x23-\x7e\x80-\xff]*"$/;

/**
 * Whether a request takes these content codings (RFC 9110 §12.5.3). Some origins give one entity tag to all of them, against RFC 9110
 * §8.8.3.3, and one who does not say that he can undo a coding is not given it for that.
 */
function accepts(acceptEncoding: string | null, contentEncoding: string | null): boolean {
  const preferences = parsePreferences(acceptEncoding ?? "") ?? [];
  const weightOf = (coding: string): number | undefined => preferences.find(({ name }) => name === coding)?.weight;
  if (contentEncoding === null) return (weightOf("identity") ?? weightOf("*") ?? 1) > 0;
  return splitList(contentEncoding).every((coding) => (weightOf(coding.toLowerCase()) ?? weightOf("*") ?? 0) > 0);
}
