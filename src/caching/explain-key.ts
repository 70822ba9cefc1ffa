import { type CacheKey, orderOf, ruleTextOf, shownKey, sortedQuery } from "./key.ts";

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
  /** Parameters that --ignore-query or a rule drops. */
  readonly ignored: readonly string[];
  readonly order: "no-query" | "as-asked" | "sorted";
  /** Where responses lie that answer for several URLs by their No-Vary-Search, which are looked under as well. */
  readonly shared: readonly { readonly key: string; readonly rule: string }[];
};

/** What is asked of the origin and under which key, and where else is looked. */
type ExplainedParts = {
  readonly origin: URL;
  readonly target: URL;
  readonly key: CacheKey;
  readonly keys: readonly CacheKey[];
};

/** Tells how a key is made of what a client asks for. */
export function explainKey(asked: URL, { origin, target, key, keys }: ExplainedParts): ExplainedKey {
  return {
    key: shownKey(key),
    asked: asked.pathname + asked.search,
    target: target.href,
    ...(origin.pathname === "/" ? {} : { basePath: origin.pathname }),
    ...(asked.hash === "" ? {} : { droppedFragment: asked.hash }),
    ignored: droppedOf(asked.search, target.search),
    order: orderIn(target, key),
    shared: keys.flatMap((key) => {
      const rule = ruleTextOf(key);
      return rule === undefined ? [] : [{ key: shownKey(key).slice(0, -rule.length - 1), rule }];
    }),
  };
}

function orderIn({ search }: URL, key: CacheKey): ExplainedKey["order"] {
  if (search === "") return "no-query";
  return sortedQuery(search) === search || orderOf(key) !== undefined ? "as-asked" : "sorted";
}

/** What is asked of the origin is what was asked of us, in its order, without some. */
function droppedOf(asked: string, kept: string): readonly string[] {
  const left = [...parametersOf(kept)];
  return parametersOf(asked).filter((parameter) => {
    if (left[0] !== parameter) return true;
    left.shift();
    return false;
  });
}

function parametersOf(search: string): readonly string[] {
  return search === "" ? [] : search.slice(1).split("&");
}
