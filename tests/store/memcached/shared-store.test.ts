import { describe, expect, test } from "bun:test";
import { groupsOf } from "../../../src/caching/group.ts";
import { pathKey, sharedKey } from "../../../src/caching/key.ts";
import type { Extent } from "../../../src/caching/purge.ts";
import type { StoredResponse } from "../../../src/caching/stored.ts";
import { parseNoVarySearch } from "../../../src/http/no-vary-search.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { startMemcached } from "../memcached-server.ts";
import { groupOf, keyOf, stored } from "../stored.ts";
import { openStore } from "./opened.ts";

const stack = cleanup();
const servers = await Promise.all([startMemcached(stack), startMemcached(stack)]);
const addresses = servers.map(({ address }) => address);

/** Two proxies on two servers, both at 10 s of the wall clock; that of the other one stands elsewhere on its own. */
async function pair() {
  const namespace = crypto.randomUUID();
  const [one, two] = [await openStore(stack, addresses, namespace), await openStore(stack, addresses, namespace)];
  two.set({ wall: 10_000, steady: 777_000 });
  return { one, two, a: one.store, b: two.store };
}

/** As the other of the two asked for it, so many ms before its clock stands at 10 s. */
function asked(before: number, response: StoredResponse): StoredResponse {
  return { ...response, sentAt: 777_000 - before };
}

async function bodies(found: Promise<readonly StoredResponse[]> | readonly StoredResponse[]): Promise<string[]> {
  return Promise.all((await found).map(({ body }) => body.text()));
}

const red = [["cache-groups", '"red"']] as const;
const english = [["accept-language", "en"]] as const;

describe("two proxies of one origin", () => {
  test("find what the other one put", async () => {
    const { a, b } = await pair();
    for (let i = 0; i < 8; i++) await a.put(stored({ path: `/${i}`, body: String(i) }));
    for (let i = 0; i < 8; i++) expect(await bodies(b.get(keyOf(`/${i}`)))).toEqual([String(i)]);
  });

  test("do not lose each other's variants", async () => {
    const { a, b } = await pair();
    const languages = Array.from({ length: 12 }, (_, i) => String(i));
    const put = (store: typeof a, i: string): Promise<void> =>
      store.putAll([stored({ body: i, selecting: [["accept-language", i]] })]);
    for (let i = 0; i < languages.length; i += 2) {
      await Promise.all([put(a, languages[i] ?? ""), put(b, languages[i + 1] ?? "")]);
    }
    expect((await bodies(a.get(keyOf("/")))).sort()).toEqual(languages.sort());
  });

  test("a batch is put in its order", async () => {
    const { a, b } = await pair();
    await a.putAll(["1", "2", "3"].map((body, i) => stored({ body, at: 1000 * i })));
    expect(await bodies(b.get(keyOf("/")))).toEqual(["3"]);
  });

  test("what one asked for later replaces what it asked for before, and what another put", async () => {
    const { a, b } = await pair();
    await a.put(stored({ body: "a", at: 9000 }));
    await b.put(asked(9000, stored({ body: "b", at: 9000 })));
    expect(await bodies(a.get(keyOf("/")))).toEqual(["b"]);
    await b.put(asked(9500, stored({ body: "before", at: 500 })));
    expect(await bodies(a.get(keyOf("/")))).toEqual(["b"]);
    await a.put(stored({ body: "again", at: 9000 }));
    expect(await bodies(b.get(keyOf("/")))).toEqual(["again"]);
  });

  test("of two origins never meet", async () => {
    const [a, b] = [await openStore(stack, addresses), await openStore(stack, addresses)];
    await a.store.put(stored({ body: "a" }));
    expect(await b.store.get(keyOf("/"))).toEqual([]);
    await b.store.clear();
    expect(await bodies(a.store.get(keyOf("/")))).toEqual(["a"]);
  });
});

describe("a purge by one of them", () => {
  const pattern = {
    type: "pattern",
    pattern: "http://api.example.com/x/*",
    prefix: "http://api.example.com/x/",
  } as const;
  const all = ["/1", "/2", "/red"];
  const purges: readonly (readonly [string, Extent, gone: readonly string[], count: number])[] = [
    ["of a key", { type: "key", key: keyOf("/1") }, ["/1"], 2],
    ["of a key that is not there", { type: "key", key: keyOf("/none") }, [], 0],
    ["of a group", { type: "group", group: groupOf("red") }, ["/red"], 0],
    ["of a group that is not there", { type: "group", group: groupOf("blue") }, [], 0],
    ["of everything", { type: "everything" }, all, 0],
    ["by prefix, which is one of everything", { type: "prefix", prefix: "http://api.example.com/1" }, all, 0],
    ["by pattern, which is one of everything", pattern, all, 0],
  ];

  async function filled() {
    const opened = await pair();
    await opened.a.put(stored({ path: "/1", body: "en", selecting: english }));
    for (const path of ["/1", "/2"]) await opened.a.put(stored({ path, body: path }));
    await opened.a.put(stored({ path: "/red", body: "/red", headers: red }));
    return opened;
  }

  test.each(purges)("%s, hard: it is gone for both, and nothing else", async (_, what, gone, count) => {
    const { a, b } = await filled();
    expect(await a.purge({ what, how: "hard" })).toBe(count);
    for (const store of [a, b]) {
      for (const path of all)
        expect(await store.get(keyOf(path))).toHaveLength(gone.includes(path) ? 0 : path === "/1" ? 2 : 1);
    }
  });

  test.each(purges)("%s, soft: it is stale for both, and nothing else", async (_, what, softened, count) => {
    const { a, b, two } = await filled();
    const now = 10_000;
    expect(await a.purge({ what, how: "soft" })).toBe(count);
    for (const store of [a, b]) {
      for (const path of all) {
        const found = await store.get(keyOf(path));
        expect(found).toHaveLength(path === "/1" ? 2 : 1);
        for (const { reading } of found) {
          const source = softened.includes(path) ? "purged" : "max-age";
          expect([path, reading.lifetime]).toEqual([path, { ms: source === "purged" ? now : 60_000, source }]);
        }
      }
    }
    // It does not begin to be stale with each look at it.
    two.set({ wall: now + 5000, steady: 782_000 });
    for (const path of softened)
      for (const { reading } of await b.get(keyOf(path)))
        expect(reading.lifetime).toEqual({ ms: now, source: "purged" });
    // What is validated is fresh again.
    await a.put(stored({ path: "/2", body: "new", at: 10_000 }));
    expect((await b.get(keyOf("/2")))[0]?.reading.lifetime.source).toBe("max-age");
  });

  test.each(purges.filter(([, , gone]) => gone.length > 0))(
    "%s keeps out what the other one had asked for before, and not what it asks for after",
    async (_, what, gone) => {
      const { a, b, two } = await filled();
      const path = gone[0] ?? "";
      const late = stored({ path, body: "late", headers: path === "/red" ? red : [] });
      await a.purge({ what, how: "hard" });
      await b.put(asked(100, late));
      expect(await b.get(keyOf(path))).toEqual([]);
      // Its clock may be behind by a second.
      await b.put(asked(-500, late));
      expect(await b.get(keyOf(path))).toEqual([]);
      two.set({ wall: 12_000, steady: 779_000 });
      await b.put(asked(-1500, late));
      expect(await bodies(a.get(keyOf(path)))).toEqual(["late"]);
      await b.put(asked(100, { ...late, selecting: english }));
      expect(await bodies(a.get(keyOf(path)))).toEqual(["late"]);
    },
  );

  test("leaves to its own fence what itself asked for before", async () => {
    const { a, b } = await filled();
    await a.delete(keyOf("/1"));
    await a.put(stored({ path: "/1", body: "own", at: 9000 }));
    expect(await bodies(b.get(keyOf("/1")))).toEqual(["own"]);
  });
});

test("an unsafe request reaches what lies under rules that only the other proxy knows", async () => {
  const { a, b } = await pair();
  const rule = parseNoVarySearch('params=("utm")');
  if (rule === undefined) throw new Error("no rule");
  const key = sharedKey(new URL("http://api.example.com/a?utm=1"), rule);
  await a.put({ ...stored({ body: "shared" }), key, groups: groupsOf(key, new Headers()) });
  expect(await bodies(b.get(key))).toEqual(["shared"]);
  await b.deleteGroup(pathKey(keyOf("/b?x")));
  expect(await a.get(key)).toHaveLength(1);
  await b.deleteGroup(pathKey(keyOf("/a?x")));
  expect(await a.get(key)).toEqual([]);
});

test("looking tells what lies under a key, and no keys are listed", async () => {
  const { a, b } = await pair();
  await a.put(stored({ body: "hello", selecting: english }));
  await a.put(stored({ body: "bonjour" }));
  const held = await b.look(keyOf("/"));
  expect(held.map(({ stored: one, hits }) => [one.body.size, hits])).toEqual([
    [7, undefined],
    [5, undefined],
  ]);
  for (const { stored: one, bytes } of held) expect(bytes).toBeGreaterThan(one.body.size + 100);
  expect(b.keys()).toEqual([]);
});
