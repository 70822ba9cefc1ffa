import { expect, test } from "bun:test";
import { cacheKey, queryKey, writtenKey } from "../../src/caching/key.ts";
import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import { sameContents } from "../../src/store/same-content.ts";
import { stored, T0 } from "../caching/build.ts";

const key = (query: string) => cacheKey(new URL(`http://origin.test/a${query}`));

/** A store in which the responses to these queries have these contents. */
function holding(contents: Readonly<Record<string, string>>) {
  const store = new MemoryStore(1_000_000, () => T0);
  const keys = Object.keys(contents).map(key);
  for (const [query, body] of Object.entries(contents)) store.put({ ...stored({ body }), key: key(query) });
  return { store, keys };
}

test.each<[Readonly<Record<string, string>>, string, readonly unknown[]]>([
  [{ "?_t=1&p=1": "x", "?_t=2&p=1": "x" }, "?_t=3&p=1", [{ name: "_t", content: "same", compared: 2 }]],
  [{ "?p=1": "x", "?p=2": "y", "?p=3": "y" }, "?p=4", [{ name: "p", content: "differs", compared: 3 }]],
  [{ "": "x", "?_t=2": "x" }, "?_t=3", [{ name: "_t", content: "same", compared: 2 }]],
  [{ "?_t=1&p=1": "x", "?_t=2&p=2": "x" }, "?_t=3&p=1", []],
  [{ "?_t=1": "x" }, "?_t=3", []],
  [{ "?a=1": "x" }, "", []],
])("of %j, %s", async (contents, asked, expected) => {
  const { store, keys } = holding(contents);
  expect<readonly unknown[]>(await sameContents(store, key(asked), keys)).toEqual([...expected]);
});

test("a QUERY and what several URLs share say nothing of a parameter", async () => {
  const { store, keys } = holding({ "?_t=1": "x" });
  const others = [...keys, queryKey(key("?_t=2"), "d"), writtenKey(`${key("?_t=2")} key-order`)];
  for (const other of others.slice(1)) store.put({ ...stored({ body: "y" }), key: other });
  expect(await sameContents(store, key("?_t=9"), others)).toEqual([]);
});
