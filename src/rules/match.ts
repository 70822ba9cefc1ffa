import { sortedQuery } from "../caching/key.ts";
import { shownValue } from "../caching/personal.ts";
import { urlPattern } from "../caching/url-pattern.ts";
import { type Glob, glob } from "../http/glob.ts";

/** Which requests a rule is about, as a person writes it; what is left out asks for nothing. */
export type WrittenMatch = {
  /** A pattern of `URLPattern` for the path that clients ask for; with a query, for that too: `/users/:id/*`. */
  readonly path?: string | undefined;
  /** One or several; HEAD is not meant by GET. */
  readonly method?: string | readonly string[] | undefined;
  /** The name by which clients ask, `*` for anything: `*.localhost`. With a port where the port matters. */
  readonly host?: string | undefined;
  /** Request fields with their values, `*` for anything: `{ accept: "*json*" }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
};

/** What matching looks at in a request. */
export type Asked = {
  readonly method: string;
  /** What the client asked for, by the name that it used. */
  readonly url: URL;
  readonly headers: Headers;
  /** The scenario that is switched on, where one is. */
  readonly scenario?: string;
};

/** Which requests a rule is about, read once. */
export type Match = {
  /** As a person would write it; `*` for all requests, credentials hidden. */
  readonly text: string;
  /** Whether it may be about a URL, by its path and query. */
  readonly path: (url: URL) => boolean;
  /** Whether it is about a request of such a URL. */
  readonly rest: (asked: Asked) => boolean;
  /** The host that it is about, without a port, where it names one in full. */
  readonly host?: string | undefined;
  /** Whether who asks (a field, a name) makes a difference. */
  readonly personal: boolean;
};

/**
 * Reads which requests a rule is about.
 * @throws TypeError where the path is no pattern; the message says why
 */
export function matchOf(written: WrittenMatch): Match {
  const pattern = written.path === undefined ? undefined : urlPattern(written.path);
  const methods = written.method === undefined ? undefined : methodsOf(written.method);
  const host = written.host === undefined ? undefined : hostOf(written.host);
  const fields = Object.entries(written.headers ?? {}).map(([name, value]): [string, Glob] => [name, glob(value)]);
  return {
    text: textOf(written),
    path: pattern === undefined ? () => true : (url) => pattern.matches(url.pathname + sortedQuery(url.search)),
    rest: ({ method, url, headers }) =>
      (methods === undefined || methods.has(method)) &&
      (host === undefined || host(url)) &&
      fields.every(([name, matches]) => {
        const value = headers.get(name);
        return value !== null && matches(value);
      }),
    host: written.host?.includes("*") === false ? written.host.replace(/:\d+$/, "").toLowerCase() : undefined,
    personal: fields.length > 0,
  };
}

function textOf({ path, method, host, headers }: WrittenMatch): string {
  if (host === undefined && headers === undefined && !Array.isArray(method)) {
    return [method?.toString(), path].filter((part) => part !== undefined).join(" ") || "*";
  }
  const shown = Object.entries(headers ?? {}).map(([name, value]) => [name, shownValue(name, value)] as const);
  return JSON.stringify({ path, method, host, ...(headers && { headers: Object.fromEntries(shown) }) });
}

function methodsOf(written: string | readonly string[]): ReadonlySet<string> {
  const methods = typeof written === "string" ? [written] : written;
  return new Set(methods.map((method) => method.toUpperCase()));
}

function hostOf(written: string): (url: URL) => boolean {
  const matches = glob(written.toLowerCase());
  return /:(\d+|\*)$/.test(written) ? ({ host }) => matches(host) : ({ hostname }) => matches(hostname);
}
