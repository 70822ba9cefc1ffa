import { expect, test } from "bun:test";
import { at, below } from "../../src/origins/moved.ts";

const table: readonly [string, string, string, string | undefined][] = [
  ["http://a/", "http://b/", "http://a/x?y=1", "http://b/x?y=1"],
  ["http://a/api", "http://b/v2", "http://a/api/x", "http://b/v2/x"],
  ["http://a/api", "http://b/", "http://a/api/x?", "http://b/x?"],
  ["http://a/", "http://b:1/v2", "http://a//x//", "http://b:1/v2//x//"],
  ["http://a/api", "http://b/v2", "http://a/api?x", "http://b/v2?x"],
  ["http://a/api", "http://b/v2", "http://a/api2/x", undefined],
  ["http://a/api", "http://b/v2", "http://a/", undefined],
  ["http://a/", "http://b/", "https://a/x", undefined],
  ["http://a/", "http://b/", "http://a:81/x", undefined],
];
test.each(table)("what is at %s is at %s: %s", (from, to, url, expected) => {
  const rest = below(new URL(from), new URL(url));
  expect(rest === undefined ? undefined : at(new URL(to), rest).href).toBe(expected);
});
