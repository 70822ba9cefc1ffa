import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Extent } from "../../../src/caching/purge.ts";
import type { StoredResponse } from "../../../src/caching/stored.ts";
import { evictionBy } from "../../../src/store/memory/eviction-by-name.ts";
import { MemoryStore } from "../../../src/store/memory/memory-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { startRedis } from "../redis-server.ts";
import { groupOf, keyOf, stored } from "../stored.ts";
import { openStore } from "./opened.ts";

const stack = cleanup();
const redis = await startRedis(stack);

const PATHS = ["/a", "/a/1", "/a/2", "/b"];
const path = fc.constantFrom(...PATHS);
const group = fc.constantFrom("red", "blue");
const extent: fc.Arbitrary<Extent> = fc.oneof(
  path.map((of): Extent => ({ type: "key", key: keyOf(of) })),
  group.map((name): Extent => ({ type: "group", group: groupOf(name) })),
  fc.constantFrom("/a", "/a/", "/").map((of): Extent => ({ type: "prefix", prefix: keyOf(of) })),
  fc.constant<Extent>({ type: "pattern", pattern: "http://api.example.com/*/:n", prefix: keyOf("/") }),
  fc.constant<Extent>({ type: "everything" }),
);
const response = fc
  .record({
    path,
    method: fc.constantFrom("GET" as const, "HEAD" as const),
    accept: fc.constantFrom(null, "x", "y"),
    groups: fc.subarray(["red", "blue"]),
    part: fc.boolean(),
    at: fc.integer({ min: 1, max: 4 }),
    date: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ path, method, accept, groups, part, at, date }) => {
    const range = part && method === "GET" ? ([["content-range", "bytes 0-2/9"]] as const) : [];
    const names =
      groups.length === 0 ? [] : ([["cache-groups", groups.map((name) => `"${name}"`).join(", ")]] as const);
    const dates = [["date", new Date(date * 1000).toUTCString()]] as const;
    const status = range.length > 0 ? 206 : 200;
    const sketch = {
      path,
      method,
      status,
      body: `${method} ${at}`,
      at: at * 1000,
      headers: [...range, ...names, ...dates],
    };
    return stored({ ...sketch, selecting: [["accept", accept]] });
  });
const step = fc.oneof(
  { weight: 6, arbitrary: response.map((put) => ({ type: "put" as const, put })) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("purge" as const),
      what: extent,
      how: fc.constantFrom("hard" as const, "soft" as const),
    }),
  },
);

async function told(store: Store): Promise<unknown> {
  const under = PATHS.map(async (of) => {
    const found = await store.get(keyOf(of));
    const shown = ({ method, body, selecting, reading, groups }: StoredResponse) =>
      body
        .text()
        .then((text) => [method, text, selecting, reading.status, reading.date, reading.lifetime.source, groups]);
    return Promise.all(found.map(shown));
  });
  const { entries } = await store.stats();
  return {
    under: await Promise.all(under),
    entries,
    keys: await store.keys({ prefix: "", after: undefined, limit: 9 }),
  };
}

test("two proxies on one Redis see what one store in memory would hold", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(step, fc.boolean()), { minLength: 5, maxLength: 40, size: "large" }),
      async (steps) => {
        await using own = new AsyncDisposableStack();
        const namespace = crypto.randomUUID();
        const a = await openStore(own, redis.url, namespace);
        const b = await openStore(own, redis.url, namespace);
        await using model = new MemoryStore(1024 * 1024, () => 0, evictionBy("lru", 1024 * 1024));
        for (const [one, first] of steps) {
          // What was asked for later is told by one clock for each process: so one of them puts.
          const { store } = first || one.type === "put" ? a : b;
          if (one.type === "put") {
            a.set({ wall: one.put.sentAt, steady: one.put.sentAt });
            await store.put(one.put);
            model.put(one.put);
          } else {
            expect(await store.purge(one)).toBe(await model.purge(one));
          }
          expect(await told(b.store)).toEqual(await told(model));
        }
        expect([...a.told, ...b.told]).toEqual([]);
      },
    ),
    { numRuns: 15 },
  );
});
