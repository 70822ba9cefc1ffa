import { expect, test } from "bun:test";
import { type CacheKey, cacheKey, sharedKey } from "../../src/caching/key.ts";
import { parseNoVarySearch } from "../../src/http/no-vary-search.ts";
import { KnownRules } from "../../src/store/known-rules.ts";

function shared(path: string, value: string): CacheKey {
  const rule = parseNoVarySearch(value);
  if (rule === undefined) throw new Error(`${value} says nothing`);
  return sharedKey(new URL(path, "http://o"), rule);
}

const own = (path: string): CacheKey => cacheKey(new URL(path, "http://o"));
const texts = (rules: KnownRules, path: string): string[] => rules.of(own(path)).map(({ text }) => text);

test("a rule is known for all queries of its path and for no other path", () => {
  const rules = new KnownRules();
  expect(rules.isEmpty).toBe(true);
  rules.learn(shared("/a?x=1", "key-order"), 1);
  expect(rules.isEmpty).toBe(false);
  expect(texts(rules, "/a?x=2&y=3")).toEqual(["key-order"]);
  expect(texts(rules, "/a")).toEqual(["key-order"]);
  expect(texts(rules, "/a/")).toEqual([]);
});

test("a URL's own key teaches nothing", () => {
  const rules = new KnownRules();
  rules.learn(own("/a?x=1"), 1);
  expect(rules.isEmpty).toBe(true);
});

test("the last learned comes first, each once, and of many the oldest is forgotten", () => {
  const rules = new KnownRules();
  for (const name of "abcdefghij") rules.learn(shared("/", `params=("${name}")`), 1);
  rules.learn(shared("/", 'params=("f")'), 1);
  expect(texts(rules, "/")).toEqual([..."fjihgedc"].map((name) => `params=("${name}")`));
});

test("of too many rules the oldest is forgotten, and learned again", () => {
  const rules = new KnownRules();
  for (let i = 0; i <= 1000; i++) rules.learn(shared(`/${i}`, `params=("n${i}")`), 1);
  expect(texts(rules, "/0")).toEqual([]);
  expect(texts(rules, "/1000")).toEqual(['params=("n1000")']);
  rules.learn(shared("/0", 'params=("n0")'), 1);
  expect(texts(rules, "/0")).toEqual(['params=("n0")']);
});

test("of too many paths the one that learned first is forgotten", () => {
  const rules = new KnownRules();
  for (let i = 0; i <= 100_000; i++) rules.learn(shared(`/${i}`, "key-order"), 1);
  expect(texts(rules, "/0")).toEqual([]);
  expect(texts(rules, "/1")).toEqual(["key-order"]);
});

test("clearing forgets all", () => {
  const rules = new KnownRules();
  rules.learn(shared("/", "key-order"), 1);
  rules.clear();
  expect(rules.isEmpty).toBe(true);
  expect(texts(rules, "/")).toEqual([]);
});

test("a rule is known for a path since it was learned there, until it is forgotten", () => {
  const rules = new KnownRules();
  const key = shared("/a", "key-order");
  expect(rules.since(key)).toBeUndefined();
  rules.learn(key, 1);
  rules.learn(key, 2);
  rules.learn(shared("/b", "key-order"), 3);
  expect([rules.since(key), rules.since(shared("/b", "key-order"))]).toEqual([1, 3]);
  expect(rules.since(shared("/a", "except=()"))).toBeUndefined();
  expect(rules.since(own("/a"))).toBeUndefined();
  for (let i = 0; i < 8; i++) rules.learn(shared("/a", `params=("n${i}")`), 4);
  expect(rules.since(key)).toBeUndefined();
  rules.learn(key, 5);
  expect(rules.since(key)).toBe(5);
});
