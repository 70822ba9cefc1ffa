import { type CacheKey, parameterName, queriedUrl, ruleTextOf, sortedQuery } from "../caching/key.ts";
import type { Inventory } from "./inventory.ts";

/** Whether what is stored is the same whatever a parameter says; `compared` responses were held against each other. */
export type SameContent = { readonly name: string; readonly content: "same" | "differs"; readonly compared: number };

/** Parameters that are looked at, responses that are compared for each, and how large they may be. */
const MOST_NAMES = 8;
const MOST_COMPARED = 8;
const MOST_BYTES = 1024 * 1024;

/**
 * Finds out by which parameters of a key the content differs that is stored under keys that are the same but for that one.
 * @param others the stored keys of its path
 */
export async function sameContents(
  store: Inventory,
  key: CacheKey,
  others: readonly CacheKey[],
): Promise<readonly SameContent[]> {
  const names = [...new Set(parametersOf(key).map(parameterName))].slice(0, MOST_NAMES);
  const found = await Promise.all(names.map((name) => sameContent(store, key, others, name)));
  return found.filter((one) => one !== undefined);
}

async function sameContent(
  store: Inventory,
  key: CacheKey,
  others: readonly CacheKey[],
  name: string,
): Promise<SameContent | undefined> {
  const rest = without(key, name);
  const alike = others.filter((other) => isOfUrl(other) && without(other, name) === rest);
  const contents: string[] = [];
  for (const other of alike.slice(0, MOST_COMPARED)) {
    const [held] = await store.look(other);
    if (held === undefined || held.stored.body.size > MOST_BYTES) continue;
    const { body, reading } = held.stored;
    // A file may have gone meanwhile: then there is one less to compare.
    const bytes = await body.arrayBuffer().catch(() => undefined);
    if (bytes !== undefined) contents.push(`${reading.status} ${Bun.hash(bytes)}`);
  }
  if (contents.length < 2) return undefined;
  return { name, content: new Set(contents).size === 1 ? "same" : "differs", compared: contents.length };
}

/** Neither of several URLs by a rule, nor of a QUERY. */
function isOfUrl(key: CacheKey): boolean {
  return ruleTextOf(key) === undefined && queriedUrl(key) === undefined;
}

function without(key: CacheKey, name: string): string {
  const kept = parametersOf(key).filter((parameter) => parameterName(parameter) !== name);
  return sortedQuery(`?${kept.join("&")}`);
}

function parametersOf(key: CacheKey): readonly string[] {
  const question = key.indexOf("?");
  return question < 0 ? [] : key.slice(question + 1).split("&");
}
