import { DETAIL_WORDS } from "./access-reasons.ts";
import type { ShownExchange } from "./shown-exchange.ts";

/** What a filter looks at: an exchange as it is shown is such. */
export type Filterable = Pick<
  ShownExchange,
  "worker" | "method" | "path" | "publicOrigin" | "status" | "outcome" | "durationMs"
> & { readonly [Name in Unsaid]?: ShownExchange[Name] | undefined };
/** What is not known of each. */
type Unsaid =
  | "why"
  | "fwd"
  | "key"
  | "ttl"
  | "stored"
  | "collapsed"
  | "tier"
  | "originMs"
  | "bytes"
  | "client"
  | "lane";

/** Whether an exchange is wanted. */
export type Wants = (exchange: Filterable) => boolean;

/** What a part of a filter means, or what is wrong with it, in a sentence without a full stop, and with which part of a comparison. */
export type Meaning = { readonly wants: Wants } | { readonly why: string; readonly of: "name" | "value" };

export const OPERATORS = ["!=", "!~", ">=", "<=", "=", "~", ">", "<"] as const;
export type Operator = (typeof OPERATORS)[number];

const OUTCOMES = ["hit", "miss", "stale", "revalidated", "bypass", "error"];
const FORWARDED = ["uri-miss", "vary-miss", "miss", "request", "stale", "partial", "bypass", "method"];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "PURGE"];

type NumberField = {
  readonly of: (exchange: Filterable) => number | undefined;
  readonly units: Readonly<Record<string, number>>;
};
type TextField = {
  /** Each of the texts that it may be known by. */
  readonly of: (exchange: Filterable) => readonly string[];
  /** The only ones that there are. */
  readonly words?: readonly string[];
};

const MILLISECONDS = { "": 1, ms: 1, s: 1000, m: 60_000 };
const SECONDS = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };
const BYTES = { "": 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };
const PLAIN = { "": 1 };

const NUMBERS: ReadonlyMap<string, NumberField> = new Map([
  ["status", { of: ({ status }) => status, units: PLAIN }],
  ["ms", { of: ({ durationMs }) => durationMs, units: MILLISECONDS }],
  ["origin", { of: ({ originMs }) => originMs, units: MILLISECONDS }],
  ["bytes", { of: ({ bytes }) => bytes, units: BYTES }],
  ["ttl", { of: ({ ttl }) => ttl, units: SECONDS }],
  ["worker", { of: ({ worker }) => worker, units: PLAIN }],
] satisfies [string, NumberField][]);

const TEXTS: ReadonlyMap<string, TextField> = new Map<string, TextField>([
  ["method", { of: ({ method }) => [method] }],
  ["path", { of: ({ path }) => [path, path.split("?", 1)[0] ?? path] }],
  ["host", { of: ({ publicOrigin }) => [publicOrigin.slice(publicOrigin.indexOf("//") + 2)] }],
  ["outcome", { of: ({ outcome }) => [outcome], words: OUTCOMES }],
  ["fwd", { of: ({ fwd }) => present(fwd), words: FORWARDED }],
  ["why", { of: ({ why }) => (why === undefined ? [] : [why, ...why.split(", ")]) }],
  ["key", { of: ({ key }) => present(key) }],
  ["tier", { of: ({ tier }) => present(tier) }],
  ["client", { of: ({ client }) => present(client) }],
  // The default lane has no name.
  ["lane", { of: ({ lane }) => [lane ?? ""] }],
]);

/** The names that can be compared. */
const FIELDS: readonly string[] = [...NUMBERS.keys(), ...TEXTS.keys()];

/** What a word means that stands alone: an outcome, a reason, a method in capitals or a class of status codes. */
export function meaningOfWord(word: string): Meaning {
  const lower = word.toLowerCase();
  if (OUTCOMES.includes(lower)) return { wants: ({ outcome }) => outcome === lower };
  if (FORWARDED.includes(lower)) return { wants: ({ fwd }) => fwd === lower };
  if (METHODS.includes(word)) return { wants: ({ method }) => method === word };
  if (DETAIL_WORDS.includes(lower)) return { wants: ({ why }) => why?.split(", ").includes(lower) === true };
  if (lower === "stored") return { wants: ({ stored }) => stored === true };
  if (lower === "collapsed") return { wants: ({ collapsed }) => collapsed === true };
  const hundreds = hundredsOf(lower);
  if (hundreds !== undefined) return { wants: ({ status }) => Math.floor(status / 100) === hundreds };
  if (FIELDS.includes(lower)) {
    return { why: `"${word}" has to be compared with something, such as ${exampleOf(lower)}`, of: "name" };
  }
  return {
    of: "name",
    why: `"${word}" is no word of a filter; there are ${OUTCOMES.join(", ")}, reasons such as uri-miss or no-store, 5xx, GET, and comparisons such as path~/users*`,
  };
}

/** What the comparison of a field with a value means. */
export function meaningOfComparison(name: string, operator: Operator, value: string): Meaning {
  const field = name.toLowerCase();
  const number = NUMBERS.get(field);
  if (number !== undefined) return compared(field, number, operator, value);
  const text = TEXTS.get(field);
  if (text !== undefined) return matched(field, text, operator, value);
  return { why: `there is no "${name}" to compare; there are ${FIELDS.join(", ")}`, of: "name" };
}

function compared(name: string, { of, units }: NumberField, operator: Operator, value: string): Meaning {
  const hundreds = name === "status" ? hundredsOf(value.toLowerCase()) : undefined;
  if (hundreds !== undefined && (operator === "=" || operator === "!=")) {
    const wants: Wants = ({ status }) => Math.floor(status / 100) === hundreds;
    return { wants: operator === "=" ? wants : (exchange) => !wants(exchange) };
  }
  const parts = /^(-?\d{1,15}(?:\.\d{1,6})?)([a-z]{0,2})$/i.exec(value);
  const factor = units[parts?.[2]?.toLowerCase() ?? ""];
  if (parts === null || factor === undefined) {
    return { why: `"${value}" is nothing to compare ${name} with; write it like ${exampleOf(name)}`, of: "value" };
  }
  const bound = Number(parts[1]) * factor;
  switch (operator) {
    case "=":
      return { wants: (exchange) => of(exchange) === bound };
    case "!=":
      return { wants: (exchange) => of(exchange) !== bound };
    // What is not known is neither more nor less than anything.
    case ">":
      return { wants: (exchange) => (of(exchange) ?? Number.NaN) > bound };
    case ">=":
      return { wants: (exchange) => (of(exchange) ?? Number.NaN) >= bound };
    case "<":
      return { wants: (exchange) => (of(exchange) ?? Number.NaN) < bound };
    case "<=":
      return { wants: (exchange) => (of(exchange) ?? Number.NaN) <= bound };
    case "~":
    case "!~":
      return { why: `${name} is a number: compare it by =, !=, <, <=, > or >=, not by ${operator}`, of: "name" };
  }
}

function matched(name: string, { of, words }: TextField, operator: Operator, value: string): Meaning {
  const wanted = name === "method" ? value.toUpperCase() : value;
  switch (operator) {
    case "=":
    case "!=": {
      if (words?.includes(wanted) === false) {
        return { why: `${name} is never "${value}"; it is one of ${words.join(", ")}`, of: "value" };
      }
      const wants: Wants = (exchange) => of(exchange).includes(wanted);
      return { wants: operator === "=" ? wants : (exchange) => !wants(exchange) };
    }
    case "~":
    case "!~": {
      const matches = glob(wanted);
      const wants: Wants = (exchange) => of(exchange).some(matches);
      return { wants: operator === "~" ? wants : (exchange) => !wants(exchange) };
    }
    default:
      return { why: `${name} is a text: compare it by =, !=, ~ or !~, not by ${operator}`, of: "name" };
  }
}

/**
 * Matches a text as a whole, `*` standing for anything; a pattern without `*` is looked for anywhere in it. No regular expression, in time
 * that goes with the length of both at the worst.
 */
export function glob(pattern: string): (text: string) => boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return (text) => text.includes(pattern);
  const middle = rest.filter((piece) => piece !== "");
  return (text) => {
    if (!text.startsWith(first)) return false;
    let from = first.length;
    for (const piece of middle) {
      const at = text.indexOf(piece, from);
      if (at < 0) return false;
      from = at + piece.length;
    }
    return text.length - last.length >= from && text.endsWith(last);
  };
}

/** 5 of `5xx`. */
function hundredsOf(word: string): number | undefined {
  return /^[1-5]xx$/.test(word) ? Number(word[0]) : undefined;
}

function present(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

const EXAMPLES: Readonly<Record<string, string>> = {
  ...{ status: "status>=500 or status=4xx", ms: "ms>100 or ms>1.5s", origin: "origin>200", bytes: "bytes>10kb" },
  ...{ ttl: "ttl<10 or ttl>1h", worker: "worker=2", method: "method=POST", path: "path~/users*" },
  ...{ host: "host=localhost:3000", outcome: "outcome!=hit", fwd: "fwd=uri-miss", why: "why=no-store" },
  ...{ key: "key~*page=2*", tier: "tier=redis", client: "client=127.0.0.1", lane: "lane=test1" },
};

function exampleOf(name: string): string {
  return EXAMPLES[name] ?? `${name}=…`;
}
