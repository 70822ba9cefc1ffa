import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Outcome } from "../../src/admin/admin.ts";
import { entriesOperation, type PageAsked, readCursor, writeCursor } from "../../src/admin/entries.ts";
import { asking } from "./asking.ts";

const next = { value: -5, key: "http://api.example/b", tie: 7 };

/** Asks with a query: the outcome, and what the store was asked for. */
async function ask(query: string, unlisted?: string): Promise<{ outcome: Outcome; asked: (PageAsked | string)[] }> {
  const asked: (PageAsked | string)[] = [];
  const operation = entriesOperation(new URL("http://api.example"), {
    page: async (page, publicOrigin) => {
      asked.push(page);
      if (!page.prefix.startsWith("/")) return { type: "refused", why: `this is not on ${publicOrigin}` };
      return {
        items: [{ entry: { url: "u" } }],
        next: page.sort === "size" ? next : undefined,
        scanned: 3,
        complete: true,
      };
    },
    one: async (url, publicOrigin) => {
      asked.push(url);
      return url.startsWith("/") ? [{ url: "one" }] : { type: "refused", why: `this is not on ${publicOrigin}` };
    },
    unlisted,
  });
  return { outcome: await operation(asking(`http://localhost:3000/__admin/entries${query}`)), asked };
}

describe("what is asked for", () => {
  const usual: PageAsked = { prefix: "/", tag: undefined, state: undefined, sort: "key", limit: 100, after: undefined };
  test.each<[string, PageAsked]>([
    ["", usual],
    [
      "?prefix=/p%3Fa&tag=a%20b&state=stale&sort=hits&limit=1000",
      { ...usual, prefix: "/p?a", tag: "a b", state: "stale", sort: "hits", limit: 1000 },
    ],
    [`?sort=size&cursor=${writeCursor("size", next)}`, { ...usual, sort: "size", after: next }],
  ])("%s", async (query, expected) => {
    const { outcome, asked } = await ask(query);
    expect(asked).toEqual([expected]);
    expect(outcome).toMatchObject({
      type: "json",
      value: { origin: "http://api.example", entries: [{ url: "u" }], scanned: 3, complete: true },
    });
  });

  test("all of one URL", async () => {
    const { outcome, asked } = await ask("?url=/x%3Fy");
    expect(asked).toEqual(["/x?y"]);
    expect(outcome).toEqual({
      type: "json",
      value: { origin: "http://api.example", url: "/x?y", entries: [{ url: "one" }] },
    });
  });

  test("the next page's cursor is there where there is one", async () => {
    expect((await ask("?sort=size")).outcome).toMatchObject({ value: { next: writeCursor("size", next) } });
    expect(JSON.stringify((await ask("")).outcome)).not.toContain('"next"');
  });
});

test("a store that cannot tell what it holds is named", async () => {
  expect((await ask("", "memcached")).outcome).toMatchObject({ value: { unlisted: "memcached" } });
  expect(JSON.stringify((await ask("")).outcome)).not.toContain("unlisted");
});

test.each([
  ["?pfx=/", "There is no parameter pfx"],
  ["?url=/x&limit=1", "url= stands alone"],
  ["?sort=name", 'sort "name" is no order: write key, size, hits or age.'],
  ["?state=old", 'state "old" is none: write fresh or stale.'],
  ["?limit=0", 'limit "0" is no number of entries: write a whole number from 1 to 1000.'],
  ["?limit=1001", 'limit "1001" is no'],
  ["?limit=1e2", 'limit "1e2" is no'],
  ["?cursor=nonsense", "This cursor is none"],
  [`?sort=hits&cursor=${writeCursor("size", next)}`, "This cursor is none of an answer sorted by hits"],
  ["?url=http://evil.example/", "This is not on http://localhost:3000."],
  ["?prefix=http://evil.example/", "This is not on http://localhost:3000."],
])("%s is refused", async (query, detail) => {
  expect((await ask(query)).outcome).toEqual({
    type: "problem",
    problem: { status: 400, title: "Bad question for entries", detail: expect.stringContaining(detail) },
  });
});

test("a cursor holds any place, and nothing else is one", () => {
  const sort = fc.constantFrom<PageAsked["sort"]>("key", "size", "hits", "age");
  const place = fc.record({ value: fc.integer(), key: fc.string({ unit: "grapheme" }), tie: fc.nat() });
  fc.assert(
    fc.property(sort, place, (sort, place) => {
      expect(readCursor(sort, writeCursor(sort, place))).toEqual(place);
    }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString("base64url")),
      ),
      (text) => {
        expect(readCursor("key", text)).toBeUndefined();
      },
    ),
  );
});
