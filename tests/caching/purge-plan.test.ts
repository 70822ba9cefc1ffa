import { describe, expect, test } from "bun:test";
import { groupsByTag } from "../../src/caching/group.ts";
import { type PurgePlan, type PurgeWish, purgePlan } from "../../src/caching/purge-plan.ts";

const site = { origin: new URL("http://dummyjson.com"), publicOrigin: "http://localhost:3000" };
const based = { ...site, origin: new URL("https://api.example.com/v1") };

const plan = (wish: PurgeWish, of = site): PurgePlan => purgePlan(wish, of);

function keyFor(url: string, of = site): string {
  const found = plan({ type: "url", url }, of);
  return found.type === "url" ? found.url.key : JSON.stringify(found);
}

function why(found: PurgePlan): string {
  return found.type === "refused" ? found.why : JSON.stringify(found);
}

describe("a URL", () => {
  test.each([
    ["/products/1", "http://dummyjson.com/products/1"],
    ["http://localhost:3000/products/1", "http://dummyjson.com/products/1"],
    ["http://127.0.0.1:3000/products/1", "http://dummyjson.com/products/1"],
    ["http://[::1]:3000/products/1", "http://dummyjson.com/products/1"],
    ["https://localhost:3000/products/1", "http://dummyjson.com/products/1"],
    ["http://dummyjson.com/products/1", "http://dummyjson.com/products/1"],
    ["http://dummyjson.com:80/products/1#x", "http://dummyjson.com/products/1"],
    ["/products?b=1&a=2", "http://dummyjson.com/products?a=2&b=1"],
    ["/a b/../c", "http://dummyjson.com/c"],
    ["//x/y", "http://dummyjson.com//x/y"],
  ])("%s", (url, key) => {
    expect(keyFor(url)).toBe(key);
  });

  test.each([
    ["/products/1", "https://api.example.com/v1/products/1"],
    ["/v1/products/1", "https://api.example.com/v1/v1/products/1"],
    ["http://localhost:3000/products/1", "https://api.example.com/v1/products/1"],
    ["https://api.example.com/v1/products/1", "https://api.example.com/v1/products/1"],
  ])("%s behind a base path", (url, key) => {
    expect(keyFor(url, based)).toBe(key);
  });

  test("elsewhere is refused", () => {
    expect(why(plan({ type: "url", url: "https://example.com/x" }))).toContain("is on example.com");
  });

  test("beside the base path is refused", () => {
    const found = plan({ type: "url", url: "https://api.example.com/v2/x" }, based);
    expect(why(found)).toBe(
      '"https://api.example.com/v2/x" is not below https://api.example.com/v1, which is all that the proxy asks for',
    );
    expect(why(plan({ type: "url", url: "https://api.example.com/v10" }, based))).toContain("is not below");
  });
});

describe("a prefix", () => {
  test.each([
    ["/products/", site, "http://dummyjson.com/products/"],
    ["/pro", site, "http://dummyjson.com/pro"],
    ["/products?", site, "http://dummyjson.com/products?"],
    ["http://localhost:3000/pro", site, "http://dummyjson.com/pro"],
    ["http://dummyjson.com", site, "http://dummyjson.com/"],
    ["/\u00e9 ", based, "https://api.example.com/v1/%C3%A9"],
  ])("%j", (prefix, of, whole) => {
    expect(plan({ type: "prefix", prefix }, of)).toEqual({
      type: "extents",
      extents: [{ type: "prefix", prefix: whole }],
    });
  });

  test.each([
    ["/products?page=1", "a pattern does it: /products?*page=1*"],
    ["http://example.com/", "is on example.com"],
    ["", "is neither a path, which begins with /"],
  ])("%j is refused", (prefix, said) => {
    expect(why(plan({ type: "prefix", prefix }))).toContain(said);
  });
});

describe("a pattern", () => {
  test.each([
    ["/products/*", site, "http://dummyjson.com/products/*", "http://dummyjson.com/products/"],
    ["http://dummyjson.com/:a", site, "http://dummyjson.com/:a", "http://dummyjson.com/"],
    ["http://localhost:3000/*?b=1&a=*", site, "http://dummyjson.com/*\\?a=*&b=1", "http://dummyjson.com/"],
    ["/x/:a", based, "https://api.example.com/v1/x/:a", "https://api.example.com/v1/x/"],
    ["https://api.example.com/v1/x", based, "https://api.example.com/v1/x", "https://api.example.com/v1/x"],
  ])("%s", (pattern, of, whole, prefix) => {
    expect(plan({ type: "pattern", pattern }, of)).toEqual({
      type: "extents",
      extents: [{ type: "pattern", pattern: whole, prefix }],
    });
  });

  test("a base path is text, whatever signs are in it", () => {
    const odd = { ...site, origin: new URL("http://api.example.com/a:b/(c)*") };
    const found = plan({ type: "pattern", pattern: "/:x" }, odd);
    expect(found.type === "extents" ? found.extents : []).toMatchObject([
      { prefix: "http://api.example.com/a:b/(c)*/" },
    ]);
  });

  test.each([
    ["/x/(\\d+)", "could hang"],
    ["/x/:", "is no pattern: "],
    ["*", "does not begin with /"],
    ["*://*/x", "does not begin with /"],
    ["http://*/x", "is on *, which is neither"],
    ["ftp://localhost:3000/*", "nor an http or https URL"],
    ["http://example.com/*", "is on example.com"],
  ])("%s is refused", (pattern, said) => {
    expect(why(plan({ type: "pattern", pattern }))).toContain(said);
  });
});

test("tags are groups of the origin, by whichever field", () => {
  expect(plan({ type: "tags", tags: ["a", " b "] })).toEqual({
    type: "extents",
    extents: [...groupsByTag("http://dummyjson.com", "a"), ...groupsByTag("http://dummyjson.com", "b")].map(
      (group) => ({
        type: "group",
        group,
      }),
    ),
  });
});

test("everything", () => {
  expect(plan({ type: "everything" })).toEqual({ type: "extents", extents: [{ type: "everything" }] });
});
