import { allIgnored, type IgnoredQuery, ignoredQuery } from "../caching/ignored-query.ts";
import type { Place } from "../caching/invalidation.ts";
import type { Rule } from "./rule.ts";

/**
 * Where else than at a place what a person names may lie: at the origins that rules name, and under the names that are left of a query by
 * the rules that drop parameters. Some of it no request may ever be for, since nothing is known of one but its URL.
 */
export function furtherPlaces(
  rules: readonly Rule[],
  { origin, ignored }: { readonly origin: URL; readonly ignored: IgnoredQuery },
): readonly Place[] {
  const origins = distinct([origin, ...rules.flatMap(({ values }) => values.origin ?? [])], ({ href }) => href);
  const dropped = distinct(
    rules.flatMap(({ values }) => (values["key.ignore"] ? [values["key.ignore"]] : [])),
    String,
  );
  const ways = [ignored, ...dropped.map((names) => allIgnored(ignored, ignoredQuery(names)))];
  const [, ...further] = origins.flatMap((each) => ways.map((way) => ({ origin: each, ignored: way })));
  return further;
}

function distinct<T>(all: readonly T[], by: (one: T) => string): readonly T[] {
  return [...new Map(all.map((one) => [by(one), one])).values()];
}
