import { type CacheKey, parameterName, queriedUrl, ruleTextOf } from "./key.ts";

/** A stored key of the same path, and in which parameters it differs. */
export type NearKey = {
  readonly key: CacheKey;
  /** By name: what is asked and what is stored; null where there is none of the name. */
  readonly differs: readonly { readonly name: string; readonly asked: string | null; readonly stored: string | null }[];
};

/**
 * The stored keys that differ least from a request's.
 * @param stored keys of the same path
 */
export function nearestKeys(key: CacheKey, stored: readonly CacheKey[], most: number): readonly NearKey[] {
  const asked = byName(key);
  return stored
    .filter((other) => other !== key && ruleTextOf(other) === undefined && queriedUrl(other) === undefined)
    .map((other): NearKey => {
      const held = byName(other);
      const names = [...new Set([...asked.keys(), ...held.keys()])];
      const differs = names
        .map((name) => ({ name, asked: asked.get(name) ?? null, stored: held.get(name) ?? null }))
        .filter((one) => one.asked !== one.stored);
      return { key: other, differs };
    })
    .sort((a, b) => a.differs.length - b.differs.length || (a.key < b.key ? -1 : 1))
    .slice(0, most);
}

/** The values of each parameter, as written. */
function byName(key: CacheKey): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const question = key.indexOf("?");
  for (const parameter of question < 0 ? [] : key.slice(question + 1).split("&")) {
    const name = parameterName(parameter);
    const before = values.get(name);
    const value = parameter.slice(parameter.indexOf("=") + 1 || parameter.length);
    values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return values;
}
