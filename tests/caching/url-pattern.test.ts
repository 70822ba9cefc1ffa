import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { urlPattern } from "../../src/caching/url-pattern.ts";

describe("what a pattern matches", () => {
  test.each([
    ["/products/*", ["/products/", "/products/1", "/products/1/x?a=1"], ["/products", "/product", "/x/products/1"]],
    ["/products/:id", ["/products/1", "/products/1?a=1"], ["/products/", "/products/1/x"]],
    ["/products/:id?", ["/products", "/products/1"], ["/products/", "/products/1/2"]],
    ["/products/:id+", ["/products/1", "/products/1/2/3"], ["/products", "/products/1/"]],
    ["/products/:id*/x", ["/products/x", "/products/1/2/x"], ["/products/1"]],
    ["/products{/:id}?/x", ["/products/x", "/products/1/x"], ["/products/1/2/x"]],
    ["/products{/}?", ["/products", "/products/"], ["/products//"]],
    ["/products/:id.json", ["/products/1.json", "/products/a.b.json"], ["/products/1.xml"]],
    ["/*/1", ["/a/1", "/a/b/1", "//1"], ["/1", "/a/11"]],
    ["/a\\:b/\\*", ["/a:b/*"], ["/a:b/c"]],
    ["/products?page=*", ["/products?page=1", "/products?page="], ["/products", "/products?limit=1&page=1"]],
    ["/products?*", ["/products", "/products?page=1"], ["/products/"]],
    ["/products/:id?lang=:lang", ["/products/1?lang=en"], ["/products/1", "/products?lang=en"]],
    ["/products/*?lang=en", ["/products/1?lang=en"], ["/products/1?lang=fr"]],
    ["/products?b=*&a=1", ["/products?a=1&b=2"], ["/products?b=2&a=1"]],
    ["/caf\u00e9/a b", ["/caf%C3%A9/a%20b"], ["/cafe/a%20b"]],
    ["/*", ["/", "/x?y"], []],
  ])("%s", (pattern, matching, others) => {
    const { matches } = urlPattern(pattern);
    expect(matching.filter((path) => !matches(path))).toEqual([]);
    expect(others.filter((path) => matches(path))).toEqual([]);
  });

  test("the path alone", () => {
    const { matchesPath } = urlPattern("/products/*?a=1");
    expect(matchesPath("/products/1")).toBe(true);
    expect(matchesPath("/products/1?b=2")).toBe(true);
    expect(matchesPath("/x?a=1")).toBe(false);
  });
});

test.each([
  ["/products/*", "/products/"],
  ["/products/:id?", "/products"],
  ["/products?a=1", "/products"],
  ["/caf\u00e9/:x", "/caf%C3%A9/"],
  ["/a\\*b*", "/a*b"],
  ["*", ""],
])("%s begins with %j", (pattern, literal) => {
  expect(urlPattern(pattern).literal).toBe(literal);
});

test.each(["/(a|b)", "/x/:id(\\d+)", "/x/:", "/{a", "/x?d=12:30"])("%s is none", (pattern) => {
  expect(() => urlPattern(pattern)).toThrow(TypeError);
});

test("one of any length is none", () => {
  expect(() => urlPattern(`/${"a".repeat(3000)}`)).toThrow("longer than 2048");
});

test("what it is written as is read as the same", () => {
  for (const pattern of ["/a/:id?x=1", "/*?b=1&a=:a", "/x{/:y}?", "/\\*"]) {
    const { text } = urlPattern(pattern);
    expect(urlPattern(text).text).toBe(text);
  }
});

const piece = fc.constantFrom(
  "/",
  "a",
  "b",
  "ab",
  "/a",
  "*",
  ":x",
  "{/a}?",
  "{b}+",
  "{/:y}*",
  "{a*}?",
  ".",
  "/:z?",
  "-:w",
);

test("it says what URLPattern says", () => {
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.array(fc.constantFrom("/", "a", "b", ".", "-"), { maxLength: 8 }),
      fc.constantFrom("", "?a", "?b=a", "?"),
      (pieces, path, query) => {
        // Two of one name are refused.
        const pattern = `/${pieces.map((text, i) => text.replace(/:./, `:n${i}`)).join("")}`;
        const pathname = new URL(`http://x/${path.join("")}`).pathname;
        const asked = `${pathname}${query}`;
        const read = urlPattern(pattern);
        const said = new URLPattern(read.text, "http://x").test(`http://x${asked}`);
        expect([read.text, asked, read.matches(asked)]).toEqual([read.text, asked, said]);
      },
    ),
    { numRuns: 3000 },
  );
});

test("a pattern that would hang as a regular expression does not", () => {
  const { matches } = urlPattern(`/${"*a".repeat(20)}b`);
  expect(matches(`/${"a".repeat(4000)}`)).toBe(false);
  expect(matches(`/${"a".repeat(4000)}b`)).toBe(true);
});
