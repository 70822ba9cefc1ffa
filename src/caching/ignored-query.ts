import { parameterName } from "./key.ts";

/** Parameters that make no difference and are dropped from every URL before anything is made of it: names, or beginnings of names. */
export type IgnoredQuery = {
  readonly names: ReadonlySet<string>;
  /** A `*` at the end stood for whatever follows. */
  readonly beginnings: readonly string[];
};

/** @param names each may end with `*`, which stands for whatever follows */
export function ignoredQuery(names: readonly string[]): IgnoredQuery {
  const beginnings = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  return { names: new Set(names.filter((name) => !name.endsWith("*"))), beginnings };
}

/** Drops nothing. */
export const NOTHING_IGNORED: IgnoredQuery = ignoredQuery([]);

/** Drops what either drops. */
export function allIgnored(a: IgnoredQuery, b: IgnoredQuery): IgnoredQuery {
  return { names: new Set([...a.names, ...b.names]), beginnings: [...a.beginnings, ...b.beginnings] };
}

/** Whether a parameter is dropped, by its name after decoding. */
function isIgnored({ names, beginnings }: IgnoredQuery, name: string): boolean {
  return names.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
}

/**
 * A query without what is ignored; all else stays byte by byte.
 * @param search empty, or with the leading `?`
 */
export function keptQuery(search: string, ignored: IgnoredQuery): string {
  if (search === "") return search;
  const parameters = search.slice(1).split("&");
  const kept = parameters.filter((parameter) => !isIgnored(ignored, parameterName(parameter)));
  if (kept.length === parameters.length) return search;
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

/** A URL without what is ignored: itself where it has nothing of that. */
export function keptUrl(url: URL, ignored: IgnoredQuery): URL {
  const search = keptQuery(url.search, ignored);
  if (search === url.search) return url;
  const kept = new URL(url);
  kept.search = search;
  return kept;
}
