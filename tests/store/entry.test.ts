import { describe, expect, test } from "bun:test";
import { groupsOf } from "../../src/caching/group.ts";
import { type CacheKey, queryKey, sharedKey } from "../../src/caching/key.ts";
import { parseNoVarySearch } from "../../src/http/no-vary-search.ts";
import { detailedEntry, entryOf } from "../../src/store/entry.ts";
import { keyOf, type Sketch, stored } from "./stored.ts";

const NOW = { wall: 10_500, steady: 10_500 };
const held = (sketch: Sketch = {}, key?: CacheKey) => {
  const response = stored({ at: 500, ...sketch });
  const keyed = key === undefined ? response : { ...response, key, groups: groupsOf(key, response.headers) };
  return { stored: keyed, bytes: 700, hits: 3 };
};

describe("an entry", () => {
  test("says what it is and how long it is of use", () => {
    expect(entryOf(held({ path: "/x?a=1", body: "four" }), NOW)).toEqual({
      url: "http://api.example.com/x?a=1",
      ...{ method: "GET", status: 200, state: "fresh", ageSeconds: 10, ttlSeconds: 50 },
      ...{ bytes: 700, bodyBytes: 4, hits: 3, tags: [], publicOrigin: "http://localhost:3000", selecting: {} },
    });
  });

  test.each<[string, Sketch, Partial<ReturnType<typeof entryOf>>]>([
    ["stale", { maxAge: 4 }, { state: "stale", ttlSeconds: -6 }],
    ["at the very end", { maxAge: 10 }, { state: "stale", ttlSeconds: 0 }],
    ["never used unasked", { headers: [["cache-control", "no-cache"]] }, { state: "fresh", noCache: true }],
    ["with tags", { headers: [["cache-groups", '"a b", "c"']] }, { tags: ["a b", "c"] }],
    ["a HEAD", { method: "HEAD" }, { method: "HEAD" }],
    [
      "a variant",
      {
        selecting: [
          ["accept", "x"],
          ["accept-language", null],
        ],
      },
      { selecting: { accept: "x", "accept-language": null } },
    ],
    [
      "a part",
      { status: 206, headers: [["content-range", "bytes 0-3/9"]], body: "four" },
      { status: 206, part: "bytes 0-3/9" },
    ],
  ])("%s", (_, sketch, expected) => {
    expect(entryOf(held(sketch), NOW)).toMatchObject(expected);
  });

  test("of a QUERY, and for several URLs", () => {
    expect(entryOf(held({}, queryKey(keyOf("/q"), "d1")), NOW)).toMatchObject({
      url: "http://api.example.com/q",
      query: "d1",
    });
    const rule = parseNoVarySearch('params=("utm")');
    if (rule === undefined) throw new Error("no rule");
    expect(entryOf(held({}, sharedKey(new URL("http://api.example.com/n?id=1&utm=2"), rule)), NOW)).toMatchObject({
      url: "http://api.example.com/n?id=1",
      noVarySearch: rule.text,
    });
  });

  test("hits that nobody counts are absent", () => {
    expect(entryOf({ ...held(), hits: undefined }, NOW)).not.toHaveProperty("hits");
  });

  test("hides by what a client proved who he is", () => {
    const selecting = [
      ["authorization", "Bearer abc"],
      ["x-api-key", "k"],
      ["cookie", null],
      ["accept", "x"],
    ] as const;
    expect(entryOf(held({ selecting }), NOW).selecting).toEqual({
      authorization: "***",
      "x-api-key": "***",
      cookie: null,
      accept: "x",
    });
    expect(JSON.stringify(detailedEntry(held({ selecting }), NOW))).not.toContain("abc");
  });
});

test("the details show fields, without the values of cookies and credentials", () => {
  const headers = [
    ["set-cookie", "a=secret1; Path=/; Secure"],
    ["set-cookie", "b=secret2=; HttpOnly"],
    ["x-auth-token", "secret3"],
    ["etag", '"x"'],
  ] as const;
  const details = detailedEntry(held({ headers }), NOW);
  expect(details).toMatchObject({
    lifetime: { seconds: 60, source: "max-age" },
    receivedAt: "1970-01-01T00:00:00.500Z",
  });
  expect(details.headers).toEqual(
    expect.arrayContaining([
      ["set-cookie", "a=***; Path=/; Secure"],
      ["set-cookie", "b=***; HttpOnly"],
      ["x-auth-token", "***"],
      ["etag", '"x"'],
      ["cache-control", "max-age=60"],
    ]),
  );
  expect(JSON.stringify(details)).not.toContain("secret");
});
