import { isHopByHop } from "../http/hop-by-hop.ts";
import { splitList } from "../http/list.ts";
import { rememberedTexts } from "../http/remembered.ts";
import { parseVary } from "../http/vary.ts";

/** The selecting header fields of a stored response with the values its request had, normalised; null where it had none. */
export type Selecting = readonly (readonly [name: string, value: string | null])[];

/** A request's fields as they compare: each is normalised once, however many stored responses it is held against. */
export type Presented = (name: string) => string | null;

/** @param headers the request's fields without the hop-by-hop ones */
export function presented(headers: Headers): Presented {
  // Most responses are selected by one field, or by none.
  let first: string | undefined;
  let firstValue: string | null = null;
  let others: Map<string, string | null> | undefined;
  return (name) => {
    if (name === first) return firstValue;
    const found = others?.get(name);
    if (found !== undefined) return found;
    const value = normalised(name, headers.get(name));
    if (first === undefined) {
      first = name;
      firstValue = value;
    } else {
      others ??= new Map();
      others.set(name, value);
    }
    return value;
  };
}

/** Fields that the proxy writes itself: what the client sent says nothing of what the origin saw. */
const REWRITTEN = new Set(["forwarded", "via", "x-forwarded-for", "x-forwarded-port", "x-real-ip"]);

/** Fields that follow from the name by which the client asked, which is compared on its own. */
const OF_THE_NAME = new Set(["host", "x-forwarded-host", "x-forwarded-proto"]);

/**
 * What a later request must match to be answered by a response with this Vary (RFC 9111 §4.1).
 * @param vary field value or null
 * @param request the fields of the request that brought the response
 * @returns `"*"` where no later request can be known to match
 */
export function selecting(vary: string | null, request: Presented): Selecting | "*" {
  const names = parseVary(vary);
  if (names === "*" || names.some((name) => REWRITTEN.has(name))) return "*";
  // Of hop-by-hop fields the origin sees nothing.
  return names
    .filter((name) => !OF_THE_NAME.has(name) && !isHopByHop(name))
    .map((name) => [name, request(name)] as const);
}

/** Whether a request's fields select the stored response (RFC 9111 §4.1). */
export function matches(stored: Selecting, request: Presented): boolean {
  for (const [name, value] of stored) if (request(name) !== value) return false;
  return true;
}

/** The same without regard to one of them. */
export function matchesBut(field: string, stored: Selecting, request: Presented): boolean {
  return stored.every(([name, value]) => name === field || request(name) === value);
}

/** The first selecting header field whose value is another than the stored response's. */
export function differing(stored: Selecting, request: Presented): string | undefined {
  return stored.find(([name, value]) => request(name) !== value)?.[0];
}

/** Whether two responses named the same fields in Vary, whatever the values. */
export function sameFields(a: Selecting, b: Selecting): boolean {
  return a.length === b.length && a.every(([name], i) => b[i]?.[0] === name);
}

/** Whether two responses are selected by the same requests: the newer then replaces the older. */
export function sameSelection(a: Selecting, b: Selecting): boolean {
  return a.length === b.length && a.every(([name, value], i) => b[i]?.[0] === name && b[i]?.[1] === value);
}

/**
 * Lists of preferences, whose meaning rests on their weights and not on their order (RFC 9110 §12.5). Accept is not among them:
 * of types that weigh the same many origins give the one that is named first.
 */
const PREFERENCES = new Set(["accept-charset", "accept-encoding", "accept-language"]);

/** Fields that are no lists: a comma in them is a character like any other. */
const SINGLETONS = new Set(["authorization", "cookie", "origin", "referer", "user-agent"]);

/** Longer values compare as they are: nobody needs them normalised but who wants us to work. */
const MAX_NORMALISED = 1024;

/** A field's value as RFC 9111 §4.1 lets it compare: no white space that means nothing, preferences in one order and case. */
function normalised(name: string, value: string | null): string | null {
  if (value === null || value.length > MAX_NORMALISED || SINGLETONS.has(name)) return value;
  if (PREFERENCES.has(name)) return preferences(value);
  // White space may matter inside quotes, and an empty member where the field is no list after all.
  return value.includes('"') ? value : value.replaceAll(/[ \t]*,[ \t]*/g, ",");
}

/** Clients have few ways to put theirs. */
const KNOWN_PREFERENCES = 1000;
const preferences = rememberedTexts(KNOWN_PREFERENCES, (value) => splitList(value).map(preference).sort().join(","));

/** Case and white space mean nothing in a name and its weight, but may in any other parameter (RFC 9110 §8.3.1): that stays as it is. */
function preference(member: string): string {
  return WEIGHTED.test(member) ? member.replaceAll(/[ \t]+/g, "").toLowerCase() : member;
}

const WEIGHTED = /^[^\s;"]+(?:[ \t]*;[ \t]*q=[\d.]+)?$/i;
