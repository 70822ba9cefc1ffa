import { initialAge } from "../caching/freshness.ts";
import type { Received } from "../caching/stored.ts";
import { parseAge } from "../http/age.ts";
import { parseResponseDirectives, type ResponseDirectives, RULED, RULES_SAY, WINDOWED } from "../http/cache-control.ts";
import { type Milliseconds, parseHttpDate } from "../http/date.ts";
import { MAX_DELTA_SECONDS } from "../http/delta-seconds.ts";
import { parseTargetedDirectives } from "../http/targeted-cache-control.ts";
import type { Matched } from "./matched.ts";
import { isForSome } from "./rule.ts";

/** Successes and permanent redirects, as for --ttl, with what brings them up to date and parts of them. */
const COVERED = new Set([200, 203, 206, 300, 301, 304, 308]);

/** What rules say of a lifetime. */
export type Said = {
  readonly ttl: Milliseconds | undefined;
  /** Whether the rule that has it is about some of those who ask for a URL, while what is stored is for all. */
  readonly isForSome: boolean;
  readonly staleWhileRevalidate: Milliseconds | undefined;
  readonly staleIfError: Milliseconds | undefined;
};

/** What rules give to an answer of the origin; undefined where that is nothing. */
export function givenTo({ status, headers }: Received, matched: Matched): Said | undefined {
  const said = saidOf(matched);
  if (said === undefined || !COVERED.has(status)) return undefined;
  const strips = matched.fields("response.headers").some(({ name, value }) => name === "set-cookie" && value === null);
  // A cookie is for one, whatever a rule says of all; and what the origin keeps from others is so, whatever a rule says of some.
  const isKept = said.isForSome && isKeptFromOthers(directivesOf(headers));
  return isKept || (headers.has("set-cookie") && !strips) ? { ...said, ttl: undefined } : said;
}

/** An answer of the origin as the cache is to read it: with the lifetime and the stale windows that rules give it. */
export function withLifetime(received: Received, matched: Matched): Received {
  const given = givenTo(received, matched);
  if (given === undefined) return received;
  const members = [
    ...(given.ttl === undefined ? stated(received) : replaced(received, given.ttl)),
    ...seconds("stale-while-revalidate", given.staleWhileRevalidate),
    ...seconds("stale-if-error", given.staleIfError),
  ];
  if (members.length === 0) return received;
  if (given.ttl === undefined) members.push(WINDOWED);
  const headers = new Headers(received.headers);
  headers.set(RULES_SAY, members.join(", "));
  return { ...received, headers };
}

function saidOf(matched: Matched): Said | undefined {
  const ttl = matched.first("ttl")?.value;
  const staleWhileRevalidate = matched.first("staleWhileRevalidate")?.value;
  const staleIfError = matched.first("staleIfError")?.value;
  const isSilent = ttl === undefined && staleWhileRevalidate === undefined && staleIfError === undefined;
  const rule = matched.rules.find(({ values }) => values.ttl !== undefined);
  return isSilent
    ? undefined
    : { ttl, isForSome: rule !== undefined && isForSome(rule), staleWhileRevalidate, staleIfError };
}

function isKeptFromOthers(of: ResponseDirectives): boolean {
  return of.noStore || of.private !== false || of.noCache !== false;
}

/** A lifetime of ours, counted from now, in place of all that the origin says but who may have it (RFC 9111 §3.5). */
function replaced(received: Received, ttl: Milliseconds): readonly string[] {
  const { headers, requestTime, responseTime } = received;
  const date = parseHttpDate(headers.get("date") ?? "", responseTime) ?? responseTime;
  const age = initialAge(parseAge(headers.get("age")), date, requestTime, responseTime);
  const { public: isPublic, sMaxage, mustRevalidate } = directivesOf(headers);
  const isForAll = isPublic || sMaxage !== undefined || mustRevalidate;
  const maxAge = number("max-age", Math.ceil(ttl / 1000) + Math.floor(age / 1000));
  return [...maxAge, RULED, ...(isForAll ? ["public"] : [])];
}

/** All that the origin says, as a field of its own: what has one is read by it alone (RFC 9213 §2.2). */
function stated({ headers, responseTime }: Received): readonly string[] {
  const { maxAge, sMaxage, ...of } = directivesOf(headers);
  const isTargeted = parseTargetedDirectives(headers.get(RULES_SAY)) !== undefined;
  const expires = isTargeted || maxAge !== undefined || sMaxage !== undefined ? null : headers.get("expires");
  const until = expires === null ? undefined : (parseHttpDate(expires, responseTime) ?? 0);
  const date = parseHttpDate(headers.get("date") ?? "", responseTime) ?? responseTime;
  const fromExpires = until === undefined ? undefined : Math.max(0, Math.floor((until - date) / 1000));
  return [
    ...number("max-age", maxAge ?? fromExpires),
    ...number("s-maxage", sMaxage),
    ...number("stale-while-revalidate", of.staleWhileRevalidate),
    ...number("stale-if-error", of.staleIfError),
    ...qualified("no-cache", of.noCache),
    ...qualified("private", of.private),
    ...flag("no-store", of.noStore),
    ...flag("public", of.public),
    ...flag("must-revalidate", of.mustRevalidate),
    ...flag("proxy-revalidate", of.proxyRevalidate),
    ...flag("must-understand", of.mustUnderstand),
    ...flag("immutable", of.immutable),
  ];
}

function directivesOf(headers: Headers): ResponseDirectives {
  return parseTargetedDirectives(headers.get(RULES_SAY)) ?? parseResponseDirectives(headers.get("cache-control"));
}

// Of a name that comes twice in a Dictionary the last counts (RFC 9651 §4.2.2).
function seconds(name: string, length: Milliseconds | undefined): readonly string[] {
  return number(name, length === undefined ? undefined : Math.ceil(length / 1000));
}

function number(name: string, value: number | undefined): readonly string[] {
  return value === undefined ? [] : [`${name}=${Math.min(value, MAX_DELTA_SECONDS)}`];
}

function flag(name: string, value: boolean): readonly string[] {
  return value ? [name] : [];
}

function qualified(name: string, value: boolean | readonly string[]): readonly string[] {
  return typeof value === "boolean" ? flag(name, value) : [`${name}="${value.join(", ")}"`];
}
