import { expect, test } from "bun:test";
import { parseIgnoreQuery } from "../../src/config/ignore-query.ts";

test.each([
  ["_t", ["_t"]],
  ["utm_*, _t ,_t", ["utm_*", "_t"]],
])("%s", (text, names) => {
  expect(parseIgnoreQuery(text)).toEqual({ ok: true, value: names });
});

test.each([
  ["", "has an empty name in it"],
  ["a,,b", "has an empty name in it"],
  ["*", "would drop every query"],
  ["u*m", "has a * that is not at the end of u*m"],
  ["a=1", 'has "=" in a=1'],
  ["?a", 'has "?" in ?a'],
  ["a b", 'has " " in a b'],
  ["%5Ft", "has %5Ft in it: write the name as it is after decoding"],
])("%j is refused", (text, start) => {
  const parsed = parseIgnoreQuery(text);
  expect(parsed.ok ? "" : parsed.message).toStartWith(start);
});
