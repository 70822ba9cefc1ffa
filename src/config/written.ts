import type { WrittenMatch } from "../rules/match.ts";
import type { fetchFlags } from "./fetch-flags.ts";
import type { Flag, serveFlags } from "./flags.ts";

/** A number with a unit, `500ms`, `30s`, `5m`, `1h`, `7d`, or 0. */
export type WrittenDuration = string | 0;

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name;

/** The flags that are no actions, in camelCase: `maxSize` for `--max-size`. */
type Written<Flags extends Readonly<Record<string, Flag>>> = {
  readonly [Name in keyof Flags & string as Flags[Name] extends { readonly action: true } ? never : Camel<Name>]?:
    | (Flags[Name]["type"] extends "boolean" ? boolean : string | number)
    | (Flags[Name] extends { readonly list: true } ? readonly string[] : never);
};

/** Of the command. */
export type WrittenSettings = Written<typeof serveFlags>;

/** Of a `fetch` with a cache. */
export type WrittenFetchSettings = Written<typeof fetchFlags>;

/** What a config file holds. */
export type Config = WrittenSettings & {
  /** Where an editor finds the schema; means nothing to us. */
  readonly $schema?: string;
  /** In their order: of those that are about a request the first that has a property decides on it. */
  readonly rules?: readonly WrittenRule[];
  /** What is said of origins by their URLs: of those that rules name, or of `origin` where none of its own settings does. */
  readonly origins?: Readonly<Record<string, WrittenOrigin>>;
  /** Makes delays and faults the same in each run. */
  readonly seed?: number;
};

/** What is said of one origin. */
export type WrittenOrigin = {
  /** Where the same is to be had while it fails, in this order. */
  readonly failover?: readonly string[];
  /** A path that tells whether it is well. */
  readonly check?: string;
  /** The variable that holds credentials for it: `bearer:API_TOKEN`, or `basic:API_LOGIN` for user:password. */
  readonly auth?: string;
};

/** Fields by name; null takes one away. */
type WrittenFields = Readonly<Record<string, string | null>>;

type WrittenBodyType = "json" | "graphql" | "form";

/** How a content is part of the key. */
type WrittenBody = {
  readonly type?: WrittenBodyType;
  /** What of it makes no difference: JSON pointers, in which `*` is any member, or names of a form's fields. */
  readonly ignore?: readonly string[];
  /** Of larger contents (64kb) nothing is stored. */
  readonly maxSize?: string | number;
};

/** One rule of a config file. */
export type WrittenRule = {
  /** Which requests it is about; a text is the pattern of a path, with a method in front or not: `POST /users/:id`. All where it is left out. */
  readonly match?: string | WrittenMatch;
  /** Counts only while this scenario is switched on. */
  readonly scenario?: string;
  /** The scenario that is switched on once a request has come that this rule is about; null for none. */
  readonly then?: string | null;
  /** Who is asked instead of `origin` above. */
  readonly origin?: string;
  /** Lifetime of successes, whatever the origin says of it. */
  readonly ttl?: WrittenDuration;
  /** For how long after that a stale answer is used while it is validated (RFC 5861 §3). */
  readonly staleWhileRevalidate?: WrittenDuration;
  /** For how long after that a stale answer stands in for an origin that fails (RFC 5861 §4). */
  readonly staleIfError?: WrittenDuration;
  /** Nothing is answered from the cache, nor stored. */
  readonly cache?: false;
  /** By what requests are told apart. */
  readonly key?: {
    /** Query parameters to drop, from the key and from what the origin is asked; `*` at the end for whatever follows. */
    readonly ignore?: readonly string[];
    /** Whether the order of the query's parameters makes a difference: it does not unless this says so. */
    readonly query?: "sorted" | "exact";
    /** A POST is a query that changes nothing, and what it asks for is told by its content: true goes by the Content-Type. */
    readonly body?: true | WrittenBodyType | WrittenBody;
  };
  /** What is changed in the request before it goes to the origin. */
  readonly request?: { readonly headers?: WrittenFields };
  /** What is changed in the answer before the client gets it. With a body of our own the origin is not asked. */
  readonly response?: {
    readonly headers?: WrittenFields;
    readonly status?: number;
    /** A text, or what is to be sent as JSON. */
    readonly body?: unknown;
  };
  /** Pages of other origins may read the answers; preflights are answered by the proxy. */
  readonly cors?: true | WrittenCors;
  /** What is changed in the cookies that answers set. */
  readonly cookies?: {
    /** Stands in for the Domain that a cookie has; null takes it away. */
    readonly domain?: string | null;
    readonly secure?: boolean;
  };
  /** Location and Content-Location that name the origin name the proxy instead. */
  readonly location?: "rewrite";
  /** How long an answer is held back. */
  readonly delay?:
    | WrittenDuration
    | { readonly min: WrittenDuration; readonly max: WrittenDuration }
    | { readonly median: WrittenDuration; readonly sigma: number }
    | "recorded";
  /** Bytes of body a second: `50kb/s`. */
  readonly bandwidth?: string;
  /** How the answer is broken instead. */
  readonly fault?: WrittenFault;
};

/** What is left out is open to all; `origins` may have `*` in them. */
export type WrittenCors = {
  readonly origins?: readonly string[];
  readonly methods?: readonly string[];
  readonly headers?: readonly string[];
  readonly expose?: readonly string[];
  readonly credentials?: boolean;
  readonly maxAge?: WrittenDuration;
};

/** How a connection or an answer is broken, and for what share of requests (from 0 to 1; all where it is left out). */
export type WrittenFault =
  | { readonly type: "reset" | "empty" | "truncated" | "malformed" | "timeout"; readonly rate?: number }
  | {
      readonly type: "status";
      readonly rate?: number;
      /** 503 where it is left out, with `retryAfter` 429. */
      readonly status?: number;
      readonly retryAfter?: WrittenDuration;
    };
