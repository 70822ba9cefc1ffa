import { splitList } from "../http/list.ts";
import { parseVary } from "../http/vary.ts";

/** The selecting header fields of a stored response with the values its request had, normalised; null where it had none. */
export type Selecting = readonly (readonly [name: string, value: string | null])[];

/**
 * Lists of preferences, whose meaning rests on their weights and not on their order (RFC 9110 §12.5). Accept is not among them:
 * of types that weigh the same many origins give the one that is named first.
 */
const PREFERENCES = new Set(["accept-charset", "accept-encoding", "accept-language"]);

/**
 * What a later request must match to be answered by a response with this Vary (RFC 9111 §4.1).
 * @param vary field value or null
 * @param request the fields of the request that brought the response
 * @returns `"*"` where no later request can be known to match
 */
export function selecting(vary: string | null, request: Headers): Selecting | "*" {
  const names = parseVary(vary);
  if (names === "*") return "*";
  return names.map((name) => [name, normalised(name, request.get(name))] as const);
}

/** Whether a request's fields select the stored response (RFC 9111 §4.1). */
export function matches(stored: Selecting, request: Headers): boolean {
  for (const [name, value] of stored) {
    const presented = request.get(name);
    if (presented !== value && normalised(name, presented) !== value) return false;
  }
  return true;
}

/** Whether two responses are selected by the same requests: the newer then replaces the older. */
export function sameSelection(a: Selecting, b: Selecting): boolean {
  return a.length === b.length && a.every(([name, value], i) => b[i]?.[0] === name && b[i]?.[1] === value);
}

/** A field's value as RFC 9111 §4.1 lets it compare: one line, no white space that means nothing, preferences in one order and case. */
function normalised(name: string, value: string | null): string | null {
  if (value === null) return null;
  if (!PREFERENCES.has(name)) return splitList(value).join(",");
  return splitList(value).map(preference).sort().join(",");
}

/** Case and white space mean nothing in a name and its weight, but may in any other parameter (RFC 9110 §8.3.1): that stays as it is. */
function preference(member: string): string {
  return WEIGHTED.test(member) ? member.replaceAll(/[ \t]+/g, "").toLowerCase() : member;
}

const WEIGHTED = /^[^\s;"]+(?:[ \t]*;[ \t]*q=[\d.]+)?$/i;
