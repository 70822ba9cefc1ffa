import { type NoVarySearch, parseNoVarySearch } from "../http/no-vary-search.ts";
import { reducedSearch } from "./search-variance.ts";

declare const brand: unique symbol;

/** Under which responses are stored: what the origin is asked for. */
export type CacheKey = string & { readonly [brand]: "CacheKey" };

/** A URL of the origin, without a fragment, with its key. */
export type Keyed = { readonly target: () => URL; readonly key: CacheKey };

/**
 * The key of a request (RFC 9111 §2): the URL asked of the origin, its query sorted by name.
 * @param target what is asked of the origin, no fragment
 */
export function cacheKey(target: URL): CacheKey {
  return brandKey(target.origin + target.pathname + sortedQuery(target.search));
}

/**
 * Makes keys for the URLs that clients ask for: the same as `cacheKey` of `targetOf`, without building that URL.
 * @param origin the configured origin
 */
export function keysFor(origin: URL): (asked: URL) => CacheKey {
  const before = originWithBase(origin);
  return ({ pathname, search }) => brandKey(before + pathname + sortedQuery(search));
}

/**
 * The key of a response that answers for several URLs by the No-Vary-Search that it carries: path, what the rule leaves of the
 * query, and the rule itself, so that what other rules brought lies elsewhere. It holds a space, as no URL does.
 * @param target what was asked of the origin, no fragment
 */
export function sharedKey(target: URL, rule: NoVarySearch): CacheKey {
  return brandKey(`${target.origin}${target.pathname}${reducedSearch(target.search, rule)} ${rule.text}`);
}

/**
 * The key under which the response to a request is stored: the request's own, or by its No-Vary-Search one that it shares.
 * A QUERY's is never shared: the rule says nothing of its content.
 * @param response the response's fields
 */
export function responseKey({ target, key }: Keyed, response: Headers): CacheKey {
  const rule = queriedUrl(key) === undefined ? parseNoVarySearch(response.get("no-vary-search")) : undefined;
  return rule === undefined ? key : sharedKey(target(), rule);
}

/** The rule that a shared key was made by, as No-Vary-Search writes it; undefined where the key is a URL's own. */
export function ruleTextOf(key: CacheKey): string | undefined {
  const space = key.indexOf(" ");
  return space < 0 ? undefined : key.slice(space + 1);
}

/** What stands for all shared keys of a path, so that they can be invalidated before they are known; nothing is stored under it. */
export function pathKey(key: CacheKey): CacheKey {
  return brandKey(`${key.split(/[? ]/, 1)[0]} `);
}

/**
 * The key of a URL of whose query the order makes a difference, as a rule says; in the order of names it is the URL's own. Like that of a
 * QUERY it is not shared, and belongs to the URL.
 * @param url the key of the URL
 * @param search as it was asked, empty or with the leading `?`
 */
export function orderedKey(url: CacheKey, search: string): CacheKey {
  return sortedQuery(search) === search ? url : brandKey(`${url}${ORDER}${search.slice(1)}`);
}

/** The order that a key is for, where that is another one than that of names: path and query as they were asked. */
export function orderOf(key: CacheKey): string | undefined {
  const [url = "", order] = key.split(ORDER, 2);
  return order === undefined ? undefined : `${url.split("?", 1)[0]}?${order}`;
}

const ORDER = "#ORDER-";

/** Methods that ask by their content: POST where a rule says that it is a query. */
export type QueryMethod = "QUERY" | "POST";

/**
 * The key of a QUERY (RFC 10008 §2.7), which is no URL's and not shared: but for an order no other key has a `#`.
 * @param url the key of its URL
 * @param digest of its content (caching/query.ts, caching/keyed-content.ts)
 */
export function queryKey(url: CacheKey, digest: string, method: QueryMethod = "QUERY"): CacheKey {
  return brandKey(`${url}#${method}-${digest}`);
}

/** The method and the content's digest in the key of a query; undefined for any other key. */
export function queryOf(key: CacheKey): { readonly method: QueryMethod; readonly digest: string } | undefined {
  const [, method, digest] = /#(QUERY|POST)-([\w-]+)$/.exec(key) ?? [];
  return digest === undefined ? undefined : { method: method === "POST" ? "POST" : "QUERY", digest };
}

/** The key of the URL that a QUERY, or an order of its parameters, is for; undefined for the key of a URL itself. */
export function queriedUrl(key: CacheKey): CacheKey | undefined {
  const end = key.indexOf("#");
  return end < 0 ? undefined : brandKey(key.slice(0, end));
}

/**
 * What is asked of the origin for a URL that a client asked of us.
 * @param origin the configured origin; its path, without a trailing slash, goes in front
 */
export function targetOf(origin: URL, asked: URL): URL {
  return new URL(originWithBase(origin) + asked.pathname + asked.search);
}

function originWithBase({ origin, pathname }: URL): string {
  return pathname === "/" ? origin : origin + pathname;
}

/**
 * A query with its parameters in the order of their names. Those that an origin might take for one keep their order, and nothing is decoded
 * in what comes out, so that only an order is ever merged that makes no difference.
 * @param search empty, or with the leading `?`
 */
export function sortedQuery(search: string): string {
  // Some origins split at semicolons too: which parameters there are is theirs to say.
  if (!search.includes("&") || search.includes(";")) return search;
  const parameters = search.slice(1).split("&");
  if (parameters.length > MOST_SORTED) return search;
  const named = parameters.map((parameter) => ({ parameter, name: likeName(parameter) }));
  named.sort((a, b) => compare(a.name, b.name));
  return `?${named.map(({ parameter }) => parameter).join("&")}`;
}

/** More parameters are left as they are: nobody needs them sorted but who wants us to work. */
const MOST_SORTED = 256;

/** A key that a store wrote down itself. */
export function writtenKey(text: string): CacheKey {
  return brandKey(text);
}

/** The origin in a key, as `URL.origin` has it. */
export function originOf(key: CacheKey): string {
  return key.slice(0, pathStart(key));
}

/** What a person recognises the key by: path and query, without the origin's address. */
export function shownKey(key: CacheKey): string {
  return key.slice(pathStart(key));
}

function pathStart(key: CacheKey): number {
  return key.indexOf("/", key.indexOf("://") + 3);
}

/**
 * Whether distinct targets of a client may have collapsed into one key: Bun replaces raw bytes that are not UTF-8 by U+FFFD
 * before anybody sees them. Such a request is never answered from the cache.
 */
export function isAmbiguous(key: CacheKey): boolean {
  return key.includes("%EF%BF%BD");
}

/** The name of a parameter as the origin understands it, decoded as a form's. */
export function parameterName(parameter: string): string {
  const [name = ""] = new URLSearchParams(`&${parameter}`).keys();
  return name;
}

/**
 * The same for all names that one origin or another takes for one: by what they are when decoded, in either case, and, as PHP has it,
 * `a[b]` as part of `a`, and `a.b` as `a_b`.
 */
function likeName(parameter: string): string {
  const equals = parameter.indexOf("=");
  const raw = equals < 0 ? parameter : parameter.slice(0, equals);
  if (PLAIN_NAME.test(raw)) return raw;
  const name = parameterName(raw).trimStart();
  const unclosed = name.indexOf("[", name.lastIndexOf("]") + 1);
  const [like = ""] = (unclosed < 0 ? name : `${name.slice(0, unclosed)}_${name.slice(unclosed + 1)}`).split(
    ENDS_NAME,
    1,
  );
  return like.replaceAll(/[. ]/g, "_").toLowerCase();
}

const PLAIN_NAME = /^[a-z0-9_-]*$/;
const ENDS_NAME = /[[\0]/;

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// The one place where a string becomes a key.
function brandKey(text: string): CacheKey {
  return text as CacheKey;
}
