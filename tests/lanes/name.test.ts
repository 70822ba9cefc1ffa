import { expect, test } from "bun:test";
import { isLaneName, namedLane } from "../../src/lanes/name.ts";

const named = (url: string, field?: string) => {
  const headers = new Headers(field === undefined ? {} : { "x-lane": field });
  const found = namedLane({ url: new URL(url), headers }, (hostname) => hostname === "api.localhost");
  return found.type === "lane" ? found.name : found.why;
};

const LONGEST = "a".repeat(63);

test.each([
  ["http://localhost:3000/", undefined, ""],
  ["http://test1.localhost:3000/", undefined, "test1"],
  ["http://TEST1.localhost/", undefined, "test1"],
  [`http://${LONGEST}.localhost/`, undefined, LONGEST],
  ["http://test1.localhost:3000/", "other", "other"],
  ["http://test1.localhost:3000/", "", ""],
  ["http://localhost/", "7-x", "7-x"],
  // Names of two labels are somebody else's.
  ["http://a.b.localhost/", undefined, ""],
  ["http://localhost.example/", undefined, ""],
  ["http://test1.localhost.example/", undefined, ""],
  ["http://127.0.0.1/", undefined, ""],
  // A site of its own.
  ["http://api.localhost/", undefined, ""],
  ["http://api.localhost/", "a", "a"],
])("%s with %p is in lane %p", (url, field, name) => {
  expect(named(url, field)).toBe(name);
});

test.each([
  ["http://localhost/", "Test", 'X-Lane says "Test": the name'],
  ["http://localhost/", "-a", 'X-Lane says "-a": the name'],
  ["http://localhost/", "a, b", 'X-Lane says "a, b": the name'],
  ["http://localhost/", "a".repeat(64), "X-Lane says"],
  ["http://localhost/", "é", "X-Lane says"],
  ["http://a_b.localhost/", undefined, 'Host says "a_b": the name'],
])("%s with %p names none", (url, field, why) => {
  expect(named(url, field)).toStartWith(why);
});

test("the empty name is that of the default lane", () => {
  expect([isLaneName(""), isLaneName("a"), isLaneName("-"), isLaneName("a b")]).toEqual([true, true, false, false]);
});
