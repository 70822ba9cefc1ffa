import { MAX_DELTA_SECONDS, parseDeltaSeconds, type Seconds } from "./delta-seconds.ts";
import { hasOpenQuote, isToken, splitList, unquote } from "./list.ts";
import { rememberedTexts } from "./remembered.ts";

/**
 * What a response's Cache-Control says (RFC 9111 §5.2.2, RFC 5861, RFC 8246), parsed once when it arrives.
 * A lifetime that is present but unreadable is 0: better stale than wrong (RFC 9111 §4.2.1).
 */
export type ResponseDirectives = {
  readonly maxAge: Seconds | undefined;
  readonly sMaxage: Seconds | undefined;
  readonly staleWhileRevalidate: Seconds | undefined;
  readonly staleIfError: Seconds | undefined;
  readonly noStore: boolean;
  /** `false`, `true` for the bare directive, or the lower-case names of the fields it is qualified with. */
  readonly noCache: boolean | readonly string[];
  readonly private: boolean | readonly string[];
  readonly public: boolean;
  readonly mustRevalidate: boolean;
  readonly proxyRevalidate: boolean;
  readonly mustUnderstand: boolean;
  readonly immutable: boolean;
  /** A rule of ours has put it so (rules/lifetime.ts). */
  readonly ruled?: true;
};

/** What a request's Cache-Control says (RFC 9111 §5.2.1, RFC 5861 §4). */
export type RequestDirectives = {
  readonly maxAge: Seconds | undefined;
  /** `max-stale` without a value accepts any staleness: the greatest value there is. */
  readonly maxStale: Seconds | undefined;
  readonly minFresh: Seconds | undefined;
  readonly staleIfError: Seconds | undefined;
  readonly noCache: boolean;
  readonly noStore: boolean;
  readonly onlyIfCached: boolean;
};

/** Directive names in lower case with their raw values; the first of several wins (RFC 9111 §4.2.1), unless they name fields. */
export type Directives = ReadonlyMap<string, string | undefined>;

/** The field by which rules tell our cache alone (RFC 9213). */
export const RULES_SAY = "cdn-cache-control";
/** A directive of our own: it says to our cache that a rule has put what is beside it. */
export const RULED = "caching-proxy-rule";
/** The same where that is no lifetime. */
export const WINDOWED = `${RULED}-windows`;

/** Splits a Cache-Control value into directives; unknown ones are kept, malformed ones fall out as unknown names. */
export function parseDirectives(value: string): Directives {
  const directives = new Map<string, string | undefined>();
  for (const member of splitList(value)) {
    const equals = member.indexOf("=");
    const written = (equals < 0 ? member : member.slice(0, equals)).toLowerCase();
    const name = written.trimEnd();
    // White space before the equals sign is none that the grammar knows: the directive is meant, its argument is not to be read.
    const argument = equals < 0 ? undefined : name === written ? member.slice(equals + 1) : "";
    if (!directives.has(name)) directives.set(name, argument);
    else if (QUALIFIABLE.has(name)) directives.set(name, both(directives.get(name), argument));
    for (const word of misspelt(member)) directives.set(word, undefined);
  }
  if (hasOpenQuote(value)) {
    for (const name of restrictionsIn(value)) directives.set(name, undefined);
  }
  return directives;
}

/**
 * What a value restricts if no quote in it is one: an origin that forgets to close a quote means what comes after it all the same, and a
 * restriction that was not meant costs a request, one that was missed gives something away (RFC 9111 §4.2.1).
 */
function restrictionsIn(value: string): readonly string[] {
  return restrictionsAmong(value.split(",").map((member) => /^[^=]*/.exec(member.trim())?.[0] ?? ""));
}

function restrictionsAmong(words: readonly string[]): readonly string[] {
  return words.map((word) => word.toLowerCase()).filter((word) => RESTRICTIONS.has(word));
}

/**
 * What a member restricts that is no directive by the grammar, such as `private; max-age=60` or `"no-store"`: semicolons and missing commas
 * are common mistakes. Behind a quote that is never closed only commas part words.
 */
function misspelt(member: string): readonly string[] {
  if (WELL_FORMED.test(member)) return [];
  const clear = hasOpenQuote(member) ? member.slice(0, member.indexOf('"', 1) + 1) : member;
  return restrictionsAmong(clear.split(/[\s;:,="']+/));
}

const WELL_FORMED = /^[!#$%&*+\-.^_`|~0-9a-z]+(?:=(?:[^\s;"]*|"(?:[^"\\]|\\.)*"))?$/i;

/** The directives that only ever keep a cache from something. */
const RESTRICTIONS = new Set(["no-cache", "no-store", "private", "must-revalidate", "proxy-revalidate"]);

/** The directives whose argument names fields: it makes them weaker, so that of several more than the first counts. */
const QUALIFIABLE = new Set(["private", "no-cache"]);

/** The most restrictive reading of two (RFC 9111 §4.2.1): an unqualified one counts for all fields, qualified ones add up. */
function both(a: string | undefined, b: string | undefined): string | undefined {
  const [fieldsOfA, fieldsOfB] = [fieldNames(a), fieldNames(b)];
  return fieldsOfA === "all" || fieldsOfB === "all" ? undefined : `"${[...fieldsOfA, ...fieldsOfB].join()}"`;
}

/** Reads a response's Cache-Control field value, `null` where it has none. */
export function parseResponseDirectives(value: string | null): ResponseDirectives {
  return value === null ? NO_RESPONSE_DIRECTIVES : readResponse(value);
}

/** Few ways to put it are in use at a time. */
const KNOWN_VALUES = 256;
const readResponse = rememberedTexts(KNOWN_VALUES, (value) => responseDirectives(parseDirectives(value)));

/** The typed reading of a response's directives, however they were carried (RFC 9111 §5.2.2, RFC 9213). */
export function responseDirectives(of: Directives): ResponseDirectives {
  return {
    maxAge: lifetime(of, "max-age"),
    sMaxage: lifetime(of, "s-maxage"),
    staleWhileRevalidate: seconds(of, "stale-while-revalidate"),
    staleIfError: seconds(of, "stale-if-error"),
    noStore: of.has("no-store"),
    noCache: qualified(of, "no-cache"),
    private: qualified(of, "private"),
    public: of.has("public"),
    mustRevalidate: of.has("must-revalidate"),
    proxyRevalidate: of.has("proxy-revalidate"),
    mustUnderstand: of.has("must-understand"),
    immutable: of.has("immutable"),
    ...(of.has(RULED) ? { ruled: true } : {}),
  };
}

/**
 * Reads a request's Cache-Control; `Pragma: no-cache` stands in where there is none (RFC 9111 §5.4).
 * @param cacheControl field value or `null`
 * @param pragma field value or `null`
 */
export function parseRequestDirectives(cacheControl: string | null, pragma: string | null): RequestDirectives {
  if (cacheControl === null) {
    if (pragma === null || !parseDirectives(pragma).has("no-cache")) return NO_REQUEST_DIRECTIVES;
    return { ...NO_REQUEST_DIRECTIVES, noCache: true };
  }
  return readRequest(cacheControl);
}

const readRequest = rememberedTexts(KNOWN_VALUES, (value): RequestDirectives => {
  const of = parseDirectives(value);
  return {
    maxAge: lifetime(of, "max-age"),
    maxStale: of.has("max-stale") && of.get("max-stale") === undefined ? MAX_DELTA_SECONDS : seconds(of, "max-stale"),
    minFresh: seconds(of, "min-fresh"),
    staleIfError: seconds(of, "stale-if-error"),
    noCache: of.has("no-cache"),
    noStore: of.has("no-store"),
    onlyIfCached: of.has("only-if-cached"),
  };
});

/** What a response says that has no Cache-Control at all. */
export const NO_RESPONSE_DIRECTIVES: ResponseDirectives = responseDirectives(new Map());

/** What a request says that has neither Cache-Control nor Pragma. */
export const NO_REQUEST_DIRECTIVES: RequestDirectives = {
  maxAge: undefined,
  maxStale: undefined,
  minFresh: undefined,
  staleIfError: undefined,
  noCache: false,
  noStore: false,
  onlyIfCached: false,
};

// The quoted form of an argument is to be accepted too (RFC 9111 §5.2).
function lifetime(of: Directives, name: string): Seconds | undefined {
  if (!of.has(name)) return undefined;
  return parseDeltaSeconds(unquote(of.get(name) ?? "")) ?? 0;
}

function seconds(of: Directives, name: string): Seconds | undefined {
  return parseDeltaSeconds(unquote(of.get(name) ?? ""));
}

function qualified(of: Directives, name: string): boolean | readonly string[] {
  if (!of.has(name)) return false;
  const fields = fieldNames(of.get(name));
  return fields === "all" ? true : fields;
}

function fieldNames(argument: string | undefined): "all" | readonly string[] {
  if (argument === undefined || SWITCH.test(argument)) return "all";
  const fields = splitList(unquote(argument)).map((field) => field.toLowerCase());
  // `private=` or `private="` names no field; the unqualified reading is the safe one.
  return fields.length > 0 && fields.every(isToken) ? fields : "all";
}

/** No name of a field, but somebody who takes the directive for a switch. */
const SWITCH = /^(?:true|false|yes|no|on|off|[01])$/i;
