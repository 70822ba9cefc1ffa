import { describe, expect, test } from "bun:test";
import { cacheKey, type Keyed, queryKey } from "../../src/caching/key.ts";
import { Fence } from "../../src/store/fence.ts";
import { fenced } from "../../src/store/fenced.ts";
import { KnownRules } from "../../src/store/known-rules.ts";
import type { ListingQuestion } from "../../src/store/listing.ts";
import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import { type VariedStore, varied } from "../../src/store/varied.ts";
import { Inspection } from "../../src/workers/inspection.ts";
import { type Sketch, stored } from "../store/stored.ts";
import { crewOf } from "./crew-of.ts";

const everything: ListingQuestion = {
  ...{ prefix: "http://api.example.com/", tag: undefined, state: undefined, sort: "key", limit: 10, after: undefined },
};

function url(path: string): Keyed {
  const target = new URL(path, "http://api.example.com");
  return { target: () => target, key: cacheKey(target) };
}

function memory(): VariedStore {
  return varied(fenced(new MemoryStore(1_000_000, () => 0), new Fence(() => 0)), new KnownRules());
}

const clock = () => ({ wall: 2000, steady: 2000 });

/** Workers that can be asked, each with a memory of its own. */
function workers(count: number) {
  return crewOf(count).map((crew) => {
    const store = memory();
    const inspection = new Inspection(store, crew, clock);
    crew.attend((question) =>
      question.type === "list" || question.type === "look"
        ? inspection.answer(question)
        : { type: "heeded", dropped: 0 },
    );
    return { inspection, put: (path: string, sketch: Sketch = {}) => place(store, path, sketch) };
  });
}

function place(store: VariedStore, path: string, sketch: Sketch): void {
  const response = stored({ at: 1000, ...sketch, path });
  void store.put({ ...response, key: store.keyFor(url(path), response.headers) });
}

describe("what all workers hold", () => {
  const [a, b, c] = workers(3);
  if (a === undefined || b === undefined || c === undefined) throw new Error("three");
  for (const path of ["/1", "/3", "/5"]) a.put(path);
  for (const path of ["/2", "/3", "/4"]) b.put(path);

  const places = async (question: Partial<ListingQuestion>, of = c) => {
    const { items, ...rest } = await of.inspection.page({ ...everything, ...question });
    return { ...rest, items: items.map(({ entry }) => `${entry.url.slice(-2)} of ${entry.worker}`).sort() };
  };

  test("is listed together, each with whose it is", async () => {
    const all = ["/1 of 1", "/2 of 2", "/3 of 1", "/3 of 2", "/4 of 2", "/5 of 1"];
    expect(await places({})).toEqual({ items: all, next: undefined, scanned: 6, complete: true });
    expect((await places({}, a)).items).toEqual(all);
  });

  test("page by page", async () => {
    const first = await places({ limit: 2 });
    expect(first.items).toEqual(["/1 of 1", "/2 of 2"]);
    const second = await places({ limit: 2, after: first.next });
    // Copies of one response are not torn apart.
    expect(second.items).toEqual(["/3 of 1", "/3 of 2"]);
    const third = await places({ limit: 2, after: second.next });
    expect([third.items, third.next]).toEqual([["/4 of 2", "/5 of 1"], undefined]);
  });

  test("of one URL", async () => {
    const entries = await c.inspection.one(url("/3"));
    expect(entries.map(({ worker }) => worker)).toEqual([1, 2]);
    expect(entries[0]).toMatchObject({ url: "http://api.example.com/3", lifetime: { seconds: 60, source: "max-age" } });
    expect(await a.inspection.one(url("/4"))).toHaveLength(1);
    expect(await a.inspection.one(url("/6"))).toEqual([]);
  });
});

describe("a process that is alone", () => {
  const store = memory();
  const inspection = new Inspection(store, undefined, clock);
  const rule = [["no-vary-search", 'params=("utm")']] as const;
  place(store, "/n?id=1&utm=2", { headers: rule });
  place(store, "/n?id=2", {});
  void store.put({ ...stored({ at: 1000, body: "answer" }), key: queryKey(url("/n?id=1").key, "digest") });

  test("names no worker", async () => {
    const { items } = await inspection.page(everything);
    expect(items).toHaveLength(3);
    expect(items.some(({ entry }) => "worker" in entry)).toBe(false);
  });

  test("shows of a URL what equivalents and QUERYs brought as well", async () => {
    const entries = await inspection.one(url("/n?id=1&utm=9"));
    expect(entries.map(({ noVarySearch }) => noVarySearch)).toEqual(['params=("utm")']);
    expect((await inspection.one(url("/n?id=1"))).map(({ query }) => query)).toEqual([undefined, "digest"]);
  });
});

test("a worker that says nothing in time makes the list incomplete", async () => {
  const silent = {
    place: { number: 1, of: 2, restarts: 0, since: 0 },
    orders: { port: 1, log: "off", colour: "plain" },
  } as const;
  const inspection = new Inspection(
    memory(),
    {
      ...silent,
      ask: async () => ({ answers: [], complete: false }),
      attend: () => undefined,
      confide: () => undefined,
      note: () => undefined,
    },
    clock,
  );
  expect(await inspection.page(everything)).toMatchObject({ items: [], complete: false });
});
