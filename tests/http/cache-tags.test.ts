import { expect, test } from "bun:test";
import { parseCacheTags } from "../../src/http/cache-tags.ts";

test.each<[Readonly<Record<string, string>>, readonly string[]]>([
  [{}, []],
  [{ "cache-tag": "products, product-1 ,,prices" }, ["products", "product-1", "prices"]],
  [{ "cache-tag": "two words,x" }, ["two words", "x"]],
  [{ "surrogate-key": "  products product-1\tprices " }, ["products", "product-1", "prices"]],
  [{ xkey: "products, product-1 prices" }, ["products", "product-1", "prices"]],
  [{ "cache-tag": "a", "surrogate-key": "b a", xkey: "c" }, ["a", "b", "c"]],
  [{ "cache-tag": " , ", xkey: "" }, []],
  [{ "cache-tag": "A,a" }, ["A", "a"]],
  [{ "edge-cache-tag": "a", "cache-tags": "b" }, []],
])("%j", (fields, tags) => {
  expect(parseCacheTags(new Headers(fields))).toEqual(tags);
});

test("RFC 9110 §5.3: several fields are one", () => {
  const headers = new Headers();
  for (const value of ["a b", "c"]) headers.append("surrogate-key", value);
  for (const value of ["d", "e,f"]) headers.append("cache-tag", value);
  expect(parseCacheTags(headers)).toEqual(["d", "e", "f", "a", "b", "c"]);
});
