import { describe, expect, test } from "bun:test";
import { cacheKey, type Keyed, queryKey } from "../../src/caching/key.ts";
import type { Purge } from "../../src/caching/purge.ts";
import { Fence } from "../../src/store/fence.ts";
import { fenced } from "../../src/store/fenced.ts";
import { KnownRules } from "../../src/store/known-rules.ts";
import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import { type VariedStore, varied } from "../../src/store/varied.ts";
import type { Crew, Heard } from "../../src/workers/crew.ts";
import type { Answer, News, Question } from "../../src/workers/message.ts";
import { fellowWorkers, type Peers } from "../../src/workers/peers.ts";
import { audience, heed, reachesBelow, spreading } from "../../src/workers/spreading.ts";
import { groupOf, type Sketch, stored } from "../store/stored.ts";
import { crewOf } from "./crew-of.ts";

function url(path: string): Keyed {
  const target = new URL(path, "http://api.example.com");
  return { target: () => target, key: cacheKey(target) };
}

const NOTHING: Answer = { type: "heeded", dropped: 0 };

/** Does what it is told, and has nothing to say when it is asked. */
function heeding(store: VariedStore, question: Question): Answer | Promise<Answer> {
  switch (question.type) {
    case "statistics":
    case "list":
    case "look":
    case "explain":
    case "recent":
    case "paths":
    case "history":
    case "refresh":
    case "view":
    case "contact-change":
    case "contact":
    case "lane-change":
    case "lanes":
    case "lane-requests":
    case "lane-changes":
      return NOTHING;
    default:
      return heed(store, question);
  }
}

/** Two workers, each with a store on a clock of its own, which the test moves. */
function two() {
  const clocks = [0, 0];
  const own = clocks.map((_, i) =>
    varied(fenced(new MemoryStore(1_000_000, () => 0), new Fence(() => clocks[i] ?? 0)), new KnownRules()),
  );
  const late: unknown[] = [];
  const stores = crewOf(2).map((crew, i) => {
    const store = own[i];
    if (store === undefined) throw new Error("no such store");
    crew.attend((question) => heeding(store, question));
    return spreading(store, { meanwhile: [fellowWorkers(crew, (error) => late.push(error))], after: [] }).store;
  });
  const [a, b] = stores;
  if (a === undefined || b === undefined) throw new Error("two");
  return { a, b, clocks, late, stores: own };
}

function placed(store: VariedStore, path: string, sketch: Sketch = {}) {
  const response = stored({ at: 1, ...sketch, path });
  return { ...response, key: store.keyFor(url(path), response.headers) };
}

test("RFC 9111 §4.4: what one worker invalidates is gone at the other once that is said", async () => {
  const { a, b, late } = two();
  await b.put(placed(b, "/a?x=1&y=2"));
  await b.put(placed(b, "/b"));
  await a.invalidateAll(url("/a?y=2&x=1"));
  expect(await b.find(url("/a?x=1&y=2"))).toEqual([]);
  expect(await b.find(url("/b"))).toHaveLength(1);
  expect(late).toEqual([]);
});

test("RFC 9111 §4.4: what was under way at the other worker is kept out, whatever its clock shows", async () => {
  const { a, b, clocks } = two();
  clocks[1] = 5000;
  const sentAt = b.now();
  await a.invalidateAll(url("/a"));
  await b.put({ ...placed(b, "/a"), sentAt });
  expect(await b.find(url("/a"))).toEqual([]);
  await b.put({ ...placed(b, "/a"), sentAt: b.now() });
  expect(await b.find(url("/a"))).toHaveLength(1);
});

test("draft-ietf-httpbis-no-vary-search §7: equivalents by a rule that the other worker alone knows", async () => {
  const { a, b } = two();
  await b.put(placed(b, "/a?id=1&utm=x", { headers: [["no-vary-search", 'params=("utm")']] }));
  await a.invalidateAll(url("/a?id=1&utm=y"));
  expect(await b.find(url("/a?id=1&utm=z"))).toEqual([]);
});

test("RFC 9875 §3: a group is gone everywhere, and the sum is what went", async () => {
  const { a, b } = two();
  const headers = [["cache-groups", '"g"']] as const;
  await a.put(placed(a, "/1", { headers }));
  await b.put(placed(b, "/2", { headers }));
  await b.put(placed(b, "/3", { headers }));
  expect(await a.invalidateGroup(groupOf("g"))).toBe(3);
  expect((await b.stats()).entries).toBe(0);
});

test("a clear is one of all, and the sum is what went", async () => {
  const { a, b } = two();
  for (const path of ["/1", "/2"]) await b.put(placed(b, path));
  await a.put(placed(a, "/1"));
  expect(await a.clear()).toBe(3);
  expect([(await a.stats()).entries, (await b.stats()).entries]).toEqual([0, 0]);
});

test.each<[string, Purge, readonly [number, number]]>([
  ["a prefix", { what: { type: "prefix", prefix: "http://api.example.com/1" }, how: "hard" }, [0, 1]],
  ["a group", { what: { type: "group", group: groupOf("g") }, how: "hard" }, [1, 2]],
  ["everything", { what: { type: "everything" }, how: "hard" }, [0, 0]],
  ["everything, softly", { what: { type: "everything" }, how: "soft" }, [1, 2]],
])("a purge of %s is one of all, and the sum is what went", async (_, purge, left) => {
  const { a, b } = two();
  await a.put(placed(a, "/1"));
  await b.put(placed(b, "/1"));
  await b.put(placed(b, "/2"));
  const count = purge.what.type === "group" ? 0 : purge.what.type === "prefix" ? 2 : 3;
  expect(await a.purge(purge)).toBe(count);
  expect([(await a.stats()).entries, (await b.stats()).entries]).toEqual([...left]);
});

test("a purge of a URL is one of all, with what each knows to be the same", async () => {
  const { a, b, clocks } = two();
  await a.put(placed(a, "/a?id=1"));
  await b.put(placed(b, "/a?id=1&utm=x", { headers: [["no-vary-search", 'params=("utm")']] }));
  clocks[1] = 5000;
  const sentAt = b.now();
  expect(await a.purgeAll(url("/a?id=1"), "hard")).toBe(2);
  expect(await b.find(url("/a?id=1&utm=z"))).toEqual([]);
  await b.put({ ...placed(b, "/a?id=1"), sentAt });
  expect(await b.find(url("/a?id=1"))).toEqual([]);
});

test("of what lies in a tier that all share, no copy counts twice", async () => {
  const [own, other] = two().stores;
  if (own === undefined || other === undefined) throw new Error("two");
  const [crew, others] = crewOf(2);
  if (crew === undefined || others === undefined) throw new Error("two");
  others.attend((question) => heeding(other, question));
  const workers = fellowWorkers(crew, () => undefined);
  const { store } = spreading(own, audience({ workers, proxies: undefined, shared: "unfenced" }));
  for (const path of ["/1", "/2"]) await own.put(placed(own, path));
  await other.put(placed(other, "/1"));
  expect(await store.purge({ what: { type: "everything" }, how: "soft" })).toBe(2);
  expect(await store.clear()).toBe(2);
});

test("what the origin has replaced by something that may not be stored goes everywhere, also of a QUERY", async () => {
  const { a, b } = two();
  const { target, key } = url("/a");
  const query = { target, key: queryKey(key, "digest") };
  await b.put(placed(b, "/a"));
  await b.put({ ...placed(b, "/a"), key: query.key });
  await a.deleteAll(query);
  // The other one hears of it in the order of what is told.
  await a.invalidateGroup(groupOf("none"));
  expect(await b.find(query)).toEqual([]);
  expect(await b.find(url("/a"))).toHaveLength(1);
});

test("where another one is late that is counted, said once until it is in time again, and nobody waits for it", async () => {
  const own = varied(fenced(new MemoryStore(1_000_000, () => 0), new Fence(() => 0)), new KnownRules());
  const waited: number[] = [];
  let complete = false;
  const crew: Crew = {
    place: { number: 1, of: 2, restarts: 0, since: 0 },
    orders: { port: 1, log: "off", colour: "plain" },
    attend: () => undefined,
    confide: () => undefined,
    note: () => undefined,
    async ask(_, patience): Promise<Heard> {
      waited.push(patience);
      return { answers: [], complete };
    },
  };
  const said: unknown[] = [];
  const workers = fellowWorkers(crew, (error) => said.push(error));
  const { store, unconfirmed } = spreading(own, { meanwhile: [workers], after: [] });
  await store.put(placed(store, "/a"));
  await store.invalidateAll(url("/a"));
  await store.invalidateAll(url("/b"));
  expect(await store.find(url("/a"))).toEqual([]);
  expect([unconfirmed(), said.length]).toEqual([2, 1]);
  complete = true;
  await store.invalidateAll(url("/a"));
  complete = false;
  await store.invalidateGroup(groupOf("g"));
  expect([unconfirmed(), said.length]).toEqual([3, 2]);
  expect(Math.max(...waited)).toBe(100);
});

describe("whom to tell when", () => {
  const workers: Peers = { tell: async () => ({ dropped: [1, 2], complete: true }) };
  const proxies: Peers = { tell: async () => ({ dropped: [], complete: true }) };

  test.each([
    ["each has a store of its own", "none", { meanwhile: [workers], after: [] }],
    ["a tier that all share takes whatever comes", "unfenced", { meanwhile: [workers], after: [workers] }],
    ["a tier that all share keeps out what is outdated", "fenced", { meanwhile: [], after: [workers, proxies] }],
  ] as const)("where %s", (_, shared, expected) => {
    expect(audience({ workers, proxies, shared })).toEqual(expected);
  });

  test("nobody where there is nobody", () => {
    const nobody = { meanwhile: [], after: [] };
    for (const shared of ["none", "unfenced", "fenced"] as const) {
      expect(audience({ workers: undefined, proxies: undefined, shared })).toEqual(nobody);
    }
  });

  test("what all share is gone before the others hear of it, is counted once, and is kept out from the start", async () => {
    const order: string[] = [];
    const own = varied(fenced(new MemoryStore(1_000_000, () => 0), new Fence(() => 0)), new KnownRules());
    const store: VariedStore = {
      ...own,
      async invalidateGroup(group) {
        order.push("begun");
        await Promise.resolve();
        order.push("gone");
        return own.invalidateGroup(group);
      },
    };
    const others: Peers = {
      async tell() {
        order.push("told");
        return { dropped: [1, 1], complete: true };
      },
    };
    const spread = spreading(store, { meanwhile: [], after: [others] }).store;
    await spread.put(placed(spread, "/1", { headers: [["cache-groups", '"g"']] }));
    const gone = spread.invalidateGroup(groupOf("g"));
    expect(order).toEqual(["begun"]);
    expect(await gone).toBe(1);
    expect(order).toEqual(["begun", "gone", "told"]);
  });
});

describe("what another one has dropped below is dropped there once more for rules alone that are known here", () => {
  const at = "http://api.example.com/a?utm=1";
  const news: readonly (readonly [News, ofRules: boolean])[] = [
    [{ type: "invalidate", url: at }, true],
    [{ type: "delete", url: at, key: url("/a?utm=1").key }, true],
    [{ type: "purge-url", url: at, how: "soft" }, true],
    [{ type: "purge", purge: { what: { type: "prefix", prefix: "http://api.example.com/a?" }, how: "hard" } }, true],
    [{ type: "purge", purge: { what: { type: "prefix", prefix: "http://api.example.com/a" }, how: "hard" } }, false],
    [{ type: "purge", purge: { what: { type: "everything" }, how: "soft" } }, false],
    [{ type: "invalidate-group", group: groupOf("red") }, false],
    [{ type: "clear" }, false],
  ];

  test("and for all that may not have gone there", () => {
    const { a } = two();
    for (const [one] of news) expect(reachesBelow({ ...one, below: true }, a)).toBe(true);
  });

  test.each(news)("%j: %j", async (one, ofRules) => {
    const { a, b } = two();
    b.keyFor(url("/b?utm=1"), new Headers({ "no-vary-search": "params" }));
    // Of another path: nothing that has come since is to go for it.
    expect(reachesBelow(one, b)).toBe(false);
    a.keyFor(url("/a?utm=1"), new Headers({ "no-vary-search": 'params=("utm")' }));
    expect(reachesBelow(one, a)).toBe(ofRules);
  });
});
