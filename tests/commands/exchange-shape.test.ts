import { expect, test } from "bun:test";
import { exchangeIn } from "../../src/commands/exchange-shape.ts";
import { exchangeAsPathTotal, pathTotalIn } from "../../src/commands/path-shape.ts";
import { prettyLine } from "../../src/observe/access-pretty.ts";
import { exchange } from "../observe/exchanges.ts";

test("an exchange comes back from JSON as what it was, as far as a line needs it", () => {
  const shown = exchange({ why: "uri-miss", stored: true, collapsed: true, tier: "redis", lane: "a" });
  const read = exchangeIn(JSON.parse(JSON.stringify(shown)));
  expect(read).toBeDefined();
  if (read !== undefined) expect(prettyLine(read, "plain")).toBe(prettyLine(shown, "plain"));
  expect(exchangeIn(JSON.parse(JSON.stringify(exchange())))).not.toHaveProperty("why");
});

test.each<[string, unknown]>([
  ["null", null],
  ["a number", 1],
  ["a list", []],
  ["an empty object", {}],
  ["one with an unknown outcome", { ...exchange(), outcome: "win" }],
  ["one whose time is a text", { ...exchange(), at: "1" }],
  ["one whose path is a number", { ...exchange(), path: 1 }],
])("%s is none", (_, value) => {
  expect(exchangeIn(value)).toBeUndefined();
  expect(exchangeAsPathTotal(value)).toBeUndefined();
});

test("an exchange counts for its path without the query", () => {
  const of = { method: "GET", path: "/users", requests: 1, bytes: 4096, totalMs: 0.5, maxMs: 0.5 };
  expect(exchangeAsPathTotal(exchange())).toEqual({ ...of, misses: 0, errors: 0 });
  expect(exchangeAsPathTotal(exchange({ outcome: "miss" }))).toEqual({ ...of, misses: 1, errors: 0 });
  expect(exchangeAsPathTotal(exchange({ outcome: "error" }))).toEqual({ ...of, misses: 0, errors: 1 });
});

test("what a path adds up to", () => {
  const path = { method: "GET", path: "/", requests: 3, misses: 1, errors: 0, bytes: 5, totalMs: 2, maxMs: 1 };
  expect(pathTotalIn(path)).toEqual(path);
  expect(pathTotalIn({ ...path, bytes: undefined })).toEqual({ ...path, bytes: 0 });
  expect(pathTotalIn({ path: "/" })).toBeUndefined();
});
