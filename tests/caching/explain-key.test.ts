import { describe, expect, test } from "bun:test";
import { explainKey } from "../../src/caching/explain-key.ts";
import { cacheKey, orderedKey, sharedKey, writtenKey } from "../../src/caching/key.ts";
import { nearestKeys } from "../../src/caching/nearest-keys.ts";
import { parseNoVarySearch } from "../../src/http/no-vary-search.ts";

const key = (path: string) => cacheKey(new URL(path, "http://o"));

describe("how a key came to be", () => {
  test("with all that may happen to a URL", () => {
    const origin = new URL("http://o/base");
    const rule = parseNoVarySearch('params=("x")');
    if (rule === undefined) throw new Error("no rule");
    const keys = [key("/base/p?a=1&z=2"), sharedKey(new URL("http://o/base/p?z=2&a=1&x=3"), rule)];
    const asked = new URL("http://p/p?z=2&_t=1&a=1#top");
    const target = new URL("http://o/base/p?z=2&a=1");
    expect(explainKey(asked, { origin, target, key: cacheKey(target), keys })).toEqual({
      ...{ key: "/base/p?a=1&z=2", asked: "/p?z=2&_t=1&a=1", target: "http://o/base/p?z=2&a=1" },
      ...{ basePath: "/base", droppedFragment: "#top", ignored: ["_t=1"], order: "sorted" },
      shared: [{ key: "/base/p?z=2&a=1", rule: 'params=("x")' }],
    });
  });

  test.each([
    ["/p", "no-query"],
    ["/p?a=1&b=2", "as-asked"],
    ["/p?b=2&a=1", "sorted"],
  ] as const)("%s: %s", (path, order) => {
    const [origin, target] = [new URL("http://o"), new URL(path, "http://o")];
    const parts = { origin, target, key: cacheKey(target), keys: [] };
    expect(explainKey(new URL(path, "http://p"), parts).order).toBe(order);
    const ordered = { ...parts, key: orderedKey(parts.key, target.search) };
    expect(explainKey(new URL(path, "http://p"), ordered).order).toBe(order === "sorted" ? "as-asked" : order);
  });
});

describe("the nearest stored keys", () => {
  test("differ in the least first", () => {
    const stored = [key("/p"), key("/p?a=2&b=3"), key("/p?a=1"), key("/p?a=1&b=2"), writtenKey(`${key("/p")}#QUERY-x`)];
    expect(nearestKeys(key("/p?a=1&b=2"), stored, 2)).toEqual([
      { key: key("/p?a=1"), differs: [{ name: "b", asked: "2", stored: null }] },
      {
        key: key("/p"),
        differs: [
          { name: "a", asked: "1", stored: null },
          { name: "b", asked: "2", stored: null },
        ],
      },
    ]);
  });

  test("names are told by what they decode to, and repeated ones together", () => {
    expect(nearestKeys(key("/p?%61=1&a=2"), [key("/p?a=1&a=3")], 5)).toEqual([
      { key: key("/p?a=1&a=3"), differs: [{ name: "a", asked: "1, 2", stored: "1, 3" }] },
    ]);
  });
});
