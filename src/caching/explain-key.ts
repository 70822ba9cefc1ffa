import { type IgnoredQuery, isIgnored, keptUrl } from "./ignored-query.ts";
import { type CacheKey, cacheKey, parameterName, ruleTextOf, shownKey, sortedQuery, targetOf } from "./key.ts";

/** The key of a request, and how it came to be. */
export type ExplainedKey = {
  /** Path and query, as Cache-Status has it. */
  readonly key: string;
  /** What the client asks for: path and query. */
  readonly asked: string;
  /** What the origin is asked for. */
  readonly target: string;
  /** The origin's base path, which stands in front. */
  readonly basePath?: string;
  /** No client sends it. */
  readonly droppedFragment?: string;
  /** Parameters that --ignore-query drops. */
  readonly ignored: readonly string[];
  readonly order: "no-query" | "as-asked" | "sorted";
  /** Where responses lie that answer for several URLs by their No-Vary-Search, which are looked under as well. */
  readonly shared: readonly { readonly key: string; readonly rule: string }[];
};

/** Tells how a key is made of what a client asks for. */
export function explainKey(
  asked: URL,
  {
    origin,
    ignored,
    keys,
  }: { readonly origin: URL; readonly ignored: IgnoredQuery; readonly keys: readonly CacheKey[] },
): ExplainedKey {
  const target = targetOf(origin, keptUrl(asked, ignored));
  const dropped = parametersOf(asked.search).filter((one) => isIgnored(ignored, parameterName(one)));
  return {
    key: shownKey(cacheKey(target)),
    asked: asked.pathname + asked.search,
    target: target.href,
    ...(origin.pathname === "/" ? {} : { basePath: origin.pathname }),
    ...(asked.hash === "" ? {} : { droppedFragment: asked.hash }),
    ignored: dropped,
    order: target.search === "" ? "no-query" : sortedQuery(target.search) === target.search ? "as-asked" : "sorted",
    shared: keys.flatMap((key) => {
      const rule = ruleTextOf(key);
      return rule === undefined ? [] : [{ key: shownKey(key).slice(0, -rule.length - 1), rule }];
    }),
  };
}

function parametersOf(search: string): readonly string[] {
  return search === "" ? [] : search.slice(1).split("&");
}
