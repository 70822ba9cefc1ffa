import { type Item, isInnerList, parseDictionary, parseList, Token } from "structured-headers";
import { type Instant, type Milliseconds, parseHttpDate } from "./date.ts";
import { splitList } from "./list.ts";
import type { Quota } from "./quota.ts";

/**
 * Reads what a response says of the origin's quotas, in whichever of the ways that are in use:
 * - `RateLimit: "default";r=50;t=30` beside `RateLimit-Policy: "default";q=100;w=60` (draft-ietf-httpapi-ratelimit-headers-08 and later),
 * - `RateLimit: limit=100, remaining=50, reset=30` (its version 07),
 * - `RateLimit-Limit`, `-Remaining` and `-Reset` (its earlier ones), the same behind `X-` and as `X-Rate-Limit-*`.
 * @param now when the response came
 * @returns one quota for each policy; none where nothing is said, or nothing that makes sense
 */
export function readQuotas(headers: Headers, now: Instant): readonly Quota[] {
  // What a cache on the way had kept was said to another request.
  if (Number(headers.get("age") ?? 0) !== 0) return [];
  const field = headers.get("ratelimit");
  const policies = (): readonly Policy[] => policiesOf(headers.get("ratelimit-policy"));
  if (field !== null) return ofList(field, policies(), now) ?? ofDictionary(field, now) ?? [];
  for (const prefix of PREFIXES) {
    const remaining = headers.get(`${prefix}remaining`);
    if (remaining !== null) return ofTriple(headers, prefix, remaining, policies(), now);
  }
  return [];
}

const PREFIXES = ["ratelimit-", "x-ratelimit-", "x-rate-limit-"];

/** A rule as RateLimit-Policy states it; one of an earlier draft has no name. */
type Policy = { readonly name: string | undefined; readonly limit: number; readonly window: Milliseconds | undefined };

/** What RateLimit-Policy lists: `"default";q=100;w=60`, or `100;w=60` by the earlier drafts. */
function policiesOf(field: string | null): readonly Policy[] {
  return (listOf(field) ?? []).flatMap(([value, parameters]): readonly Policy[] => {
    const window = secondsOf(parameters.get("w"));
    if (isCount(value)) return [{ name: undefined, limit: value, window }];
    const limit = parameters.get("q");
    return isCount(limit) ? [{ name: nameOf(value), limit, window }] : [];
  });
}

/** RateLimit as a List of named policies; undefined where it is something else. */
function ofList(field: string, policies: readonly Policy[], now: Instant): readonly Quota[] | undefined {
  return listOf(field)?.flatMap(([value, parameters]) => {
    const remaining = parameters.get("r");
    const name = nameOf(value);
    if (!isCount(remaining) || name === undefined) return [];
    const policy = policies.find((one) => one.name === name);
    // What is left of a window is at most the whole of it.
    const reset = secondsOf(parameters.get("t")) ?? policy?.window;
    return [quotaOf(name, policy?.limit, remaining, reset === undefined ? undefined : now + reset)];
  });
}

/** RateLimit as a Dictionary of limit, remaining and reset. */
function ofDictionary(field: string, now: Instant): readonly Quota[] | undefined {
  const dictionary = parsed(() => parseDictionary(field));
  const item = (name: string): unknown => dictionary?.get(name)?.[0];
  const remaining = item("remaining");
  if (!isCount(remaining)) return undefined;
  const limit = item("limit");
  const reset = secondsOf(item("reset"));
  return [
    quotaOf(undefined, isCount(limit) ? limit : undefined, remaining, reset === undefined ? undefined : now + reset),
  ];
}

/** The three fields apart. */
function ofTriple(
  headers: Headers,
  prefix: string,
  said: string,
  policies: readonly Policy[],
  now: Instant,
): readonly Quota[] {
  const remaining = numberOf(said);
  if (remaining === undefined) return [];
  // Beside the limit of now there may stand those of other windows: `100, 100;w=60`.
  const [first = ""] = splitList(headers.get(`${prefix}limit`) ?? "");
  const limit = numberOf(first.split(";")[0] ?? "");
  const date = headers.get("date");
  const reference = (date === null ? undefined : parseHttpDate(date, now)) ?? now;
  const reset =
    resetIn(headers.get(`${prefix}reset`) ?? "", reference) ??
    policies.find((policy) => policy.name === undefined && policy.limit === limit)?.window;
  // GitHub counts searches, say, apart from all else.
  const resource = prefix.startsWith("x-") ? headers.get(`${prefix}resource`) : null;
  return [
    quotaOf(
      resource ?? undefined,
      limit === undefined ? undefined : Math.floor(limit),
      Math.floor(remaining),
      reset === undefined ? undefined : now + reset,
    ),
  ];
}

/** Nothing resets in more than a month: a greater number is no span of time but a date. */
const LONGEST: Milliseconds = 31 * 86_400_000;
/** How long ago a reset may be: a clock goes wrong by less. */
const AGO: Milliseconds = 86_400_000;

/**
 * How long it is to a reset that is told in seconds from now, or in seconds or milliseconds since the epoch. No number is two of these:
 * spans end at a month, dates begin a day before now, and in milliseconds they are a thousandfold.
 * @param reference now by the clock of who says so
 */
function resetIn(text: string, reference: Instant): Milliseconds | undefined {
  const number = numberOf(text);
  if (number === undefined) return undefined;
  // Whole microseconds: a fraction times a thousand may come out a hair above what it says.
  const span = Math.round(number * 1e6) / 1e3;
  if (span <= LONGEST) return Math.ceil(span);
  const ahead = [span - reference, number - reference].find((ms) => ms >= -AGO && ms <= LONGEST);
  return ahead === undefined ? undefined : Math.max(0, Math.ceil(ahead));
}

/** A number without a sign, which some origins write with a fraction. */
function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  return /^\d{1,15}(?:\.\d{1,9})?$/.test(trimmed) ? Number(trimmed) : undefined;
}

function quotaOf(
  policy: string | undefined,
  limit: number | undefined,
  remaining: number,
  resetsAt: Instant | undefined,
): Quota {
  return {
    ...(policy !== undefined && { policy }),
    ...(limit !== undefined && { limit }),
    remaining,
    ...(resetsAt !== undefined && { resetsAt }),
  };
}

/** A String; early implementations write a Token. */
function nameOf(value: Item[0]): string | undefined {
  if (typeof value === "string") return value;
  return value instanceof Token ? value.toString() : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function secondsOf(value: unknown): Milliseconds | undefined {
  return isCount(value) && value * 1000 <= LONGEST ? value * 1000 : undefined;
}

/** The members of a List of Items; undefined where the field is none. */
function listOf(field: string | null): readonly Item[] | undefined {
  const list = field === null ? undefined : parsed(() => parseList(field));
  if (list === undefined) return undefined;
  const items: Item[] = [];
  for (const member of list) {
    if (isInnerList(member)) return undefined;
    items.push(member);
  }
  return items;
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    // The package reports a syntax error by throwing; such a field is to be ignored (RFC 9651 §4.2).
    return undefined;
  }
}
