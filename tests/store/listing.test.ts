import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Moment } from "../../src/caching/moment.ts";
import type { Held, Inventory } from "../../src/store/inventory.ts";
import {
  comparePlaces,
  type Listing,
  type ListingQuestion,
  list,
  mergeListings,
  type Order,
} from "../../src/store/listing.ts";
import { keyOf, type Sketch, stored } from "./stored.ts";

const SITE = "http://api.example.com/";
const NOW: Moment = { wall: 100_000, steady: 100_000 };
const everything: ListingQuestion = {
  ...{ prefix: SITE, tag: undefined, state: undefined, sort: "key", limit: 100, after: undefined },
};

type Made = Sketch & { readonly bytes?: number; readonly hits?: number };

/** What is held, as a plain list. */
function holding(...sketches: readonly Made[]): Inventory & { looked: number } {
  const held: Held[] = sketches.map((sketch) => ({
    stored: stored(sketch),
    bytes: sketch.bytes ?? 1,
    hits: sketch.hits,
  }));
  const keys = [...new Set(held.map(({ stored }) => stored.key))].sort();
  const inventory = {
    looked: 0,
    purge: () => 0,
    keys: ({ prefix, after, limit }: Parameters<Inventory["keys"]>[0]) =>
      keys.filter((key) => key.startsWith(prefix) && (after === undefined || key > after)).slice(0, limit),
    look(key: string) {
      inventory.looked++;
      return held.filter(({ stored }) => stored.key === key);
    },
  };
  return inventory;
}

const PACE = { clock: () => NOW, patience: 1000, turn: () => Promise.resolve() };
const pathsOf = ({ items }: Listing) => items.map(({ entry }) => entry.url.slice(SITE.length - 1));

describe("the orders", () => {
  const shop = holding(
    { path: "/b", bytes: 5, hits: 1, at: 3000 },
    { path: "/a", bytes: 9, hits: 0, at: 2000 },
    { path: "/c", bytes: 7, hits: 4, at: 1000 },
    // Nobody counts there.
    { path: "/d", bytes: 7, at: 4000 },
  );
  test.each<[Order, string[]]>([
    ["key", ["/a", "/b", "/c", "/d"]],
    ["size", ["/a", "/c", "/d", "/b"]],
    ["hits", ["/c", "/b", "/a", "/d"]],
    ["age", ["/c", "/a", "/b", "/d"]],
  ])("%s", async (sort, paths) => {
    expect(pathsOf(await list(shop, { ...everything, sort }, PACE))).toEqual(paths);
  });
});

describe("the filters", () => {
  const groups = (names: string) => [["cache-groups", names] as const];
  const shop = holding(
    { path: "/p/1", headers: groups('"red", "blue"'), at: 99_000, maxAge: 60 },
    { path: "/p/2", headers: groups('"redder"'), at: 99_000, maxAge: 1 },
    { path: "/q", headers: groups('"red"'), at: 0, maxAge: 60 },
  );
  test.each<[Partial<ListingQuestion>, string[]]>([
    [{ prefix: `${SITE}p/` }, ["/p/1", "/p/2"]],
    [{ prefix: `${SITE}p/1` }, ["/p/1"]],
    [{ prefix: `${SITE}x` }, []],
    [{ tag: "red" }, ["/p/1", "/q"]],
    [{ tag: "re" }, []],
    [{ state: "fresh" }, ["/p/1"]],
    [{ state: "stale" }, ["/p/2", "/q"]],
    [{ state: "stale", tag: "red", prefix: `${SITE}p` }, []],
    [{ state: "stale", sort: "age", limit: 1 }, ["/q"]],
  ])("%j", async (filters, paths) => {
    expect(pathsOf(await list(shop, { ...everything, ...filters }, PACE))).toEqual(paths);
  });
});

test("by key no more is looked at than is listed, and a page that ends with the last has no next one", async () => {
  const shop = holding(...Array.from({ length: 1000 }, (_, i) => ({ path: `/${i}` })));
  const first = await list(shop, { ...everything, limit: 10 }, PACE);
  expect(first.items).toHaveLength(10);
  expect(first.next).toBeDefined();
  expect(shop.looked).toBeLessThan(15);
  expect((await list(shop, { ...everything, limit: 1000 }, PACE)).next).toBeUndefined();
});

describe("where time is up", () => {
  const shop = holding(
    ...Array.from({ length: 3000 }, (_, i) => ({
      path: `/${String(i).padStart(4, "0")}`,
      bytes: i,
      maxAge: i % 100 === 50 ? 1000 : 0,
    })),
  );
  /** Each look at the clock takes a while. */
  const hurried = (patience: number) => {
    let steady = 0;
    return { ...PACE, patience, clock: () => ({ wall: NOW.wall, steady: steady++ }) };
  };

  test("by key the next page goes on there, and nothing is left out", async () => {
    const question = { ...everything, state: "fresh", limit: 100 } as const;
    let page = await list(shop, question, hurried(2));
    const found = pathsOf(page);
    expect([page.complete, page.next === undefined]).toEqual([true, false]);
    while (page.next !== undefined) {
      page = await list(shop, { ...question, after: page.next }, hurried(2));
      found.push(...pathsOf(page));
    }
    expect(found).toEqual(Array.from({ length: 30 }, (_, i) => `/${String(i * 100 + 50).padStart(4, "0")}`));
  });

  test("in any other order it is said that what was not seen may be missing", async () => {
    const page = await list(shop, { ...everything, sort: "size", limit: 3 }, hurried(4));
    expect(page.complete).toBe(false);
    expect(page.scanned).toBeLessThan(3000);
    expect(page.items).toHaveLength(3);
    expect((await list(shop, { ...everything, sort: "size", limit: 3 }, PACE)).complete).toBe(true);
  });
});

describe("pages, of one store and of several, give each entry once and in its order", () => {
  const sketch = fc.record({
    path: fc.integer({ min: 0, max: 8 }).map((n) => `/${n}`),
    bytes: fc.integer({ min: 1, max: 4 }),
    hits: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    at: fc.integer({ min: 0, max: 3 }).map((n) => n * 1000),
    language: fc.constantFrom("de", "en", "fr"),
  });
  /** Each selection of a path once, as a store has it. */
  const shop = fc
    .uniqueArray(sketch, { maxLength: 20, selector: ({ path, language }) => path + language })
    .map((sketches): Made[] =>
      sketches.map(({ language, hits, ...rest }) => ({
        ...rest,
        ...(hits === undefined ? {} : { hits }),
        selecting: [["accept-language", language]] as const,
      })),
    );
  const order = fc.constantFrom<Order>("key", "size", "hits", "age");

  test("whatever is held", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(shop, { minLength: 1, maxLength: 3 }),
        order,
        fc.integer({ min: 1, max: 7 }),
        async (shops, sort, limit) => {
          const stores = shops.map((sketches) => holding(...sketches));
          const ask = async (question: ListingQuestion) =>
            mergeListings(await Promise.all(stores.map((store) => list(store, question, PACE))), question.limit);
          const whole = await ask({ ...everything, sort, limit: 1000 });
          expect(whole.items).toHaveLength(shops.flat().length);
          expect(whole.items).toEqual([...whole.items].sort((a, b) => comparePlaces(a.place, b.place)));

          const paged: Listing["items"][number][] = [];
          let page = await ask({ ...everything, sort, limit });
          for (let left = 100; left > 0; left--) {
            paged.push(...page.items);
            if (page.next === undefined) break;
            page = await ask({ ...everything, sort, limit, after: page.next });
          }
          expect(page.next).toBeUndefined();
          expect(paged).toEqual([...whole.items]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test("a key in the page that ended within it is gone on with", async () => {
  const selecting = (language: string) => [["accept-language", language]] as const;
  const shop = holding(...["de", "en", "fr"].map((language) => ({ path: "/x", selecting: selecting(language) })));
  const first = await list(shop, { ...everything, limit: 2 }, PACE);
  const second = await list(shop, { ...everything, limit: 2, after: first.next }, PACE);
  const languages = [...first.items, ...second.items].map(({ entry }) => entry.selecting["accept-language"] ?? "");
  expect(languages.toSorted()).toEqual(["de", "en", "fr"]);
  expect(first.items[0]?.place.key).toBe(keyOf("/x"));
});
