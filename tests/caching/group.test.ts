import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cacheGroup, groupsByTag, groupsOf, isOverTagged } from "../../src/caching/group.ts";
import { cacheKey, queryKey } from "../../src/caching/key.ts";

const key = cacheKey(new URL("http://origin.test:8080/a?b=c"));

describe("groupsOf", () => {
  test("RFC 9875 §2: those that Cache-Groups names, of the key's origin", () => {
    expect(groupsOf(key, new Headers({ "cache-groups": '"red", "blue"' }))).toEqual([
      cacheGroup("http://origin.test:8080", "red"),
      cacheGroup("http://origin.test:8080", "blue"),
    ]);
  });

  test("RFC 9110 §5.3: several fields are one list", () => {
    const headers = new Headers([
      ["cache-groups", '"red"'],
      ["cache-groups", '"blue"'],
    ]);
    expect(groupsOf(key, headers)).toHaveLength(2);
  });

  test("RFC 10008 §2.7: a QUERY's response belongs to its URL, which no Cache-Groups can name", () => {
    const queried = queryKey(key, "digest");
    expect(groupsOf(queried, new Headers())).toEqual([key]);
    const named = new Headers({ "cache-groups": `"red", "${key}"` });
    expect(groupsOf(queried, named)).toEqual([
      key,
      cacheGroup("http://origin.test:8080", "red"),
      cacheGroup("http://origin.test:8080", key),
    ]);
  });

  test.each([{}, { "cache-groups": "red" }, { "cache-group-invalidation": '"red"' }])("none in %j", (fields) => {
    expect(groupsOf(key, new Headers(fields))).toEqual([]);
  });
});

test("RFC 9875 §2.1: groups are the same where origin and name are", () => {
  const origin = fc.constantFrom("http://a.test", "https://a.test", "http://a.test:81", "http://b.test");
  const name = fc.oneof(fc.stringMatching(/^[ -~]*$/), fc.constantFrom("a", "A", "", "http://a.test a", " a"));
  const pair = fc.tuple(origin, name);
  fc.assert(
    fc.property(pair, pair, (a, b) => {
      expect(cacheGroup(...a) === cacheGroup(...b)).toBe(a[0] === b[0] && a[1] === b[1]);
    }),
  );
});

describe("tags", () => {
  const origin = "http://origin.test:8080";

  test("each has its group, and one that is a name of Cache-Groups, too, is in that alone", () => {
    const headers = new Headers({ "cache-groups": '"red"', "cache-tag": "red, blue", "surrogate-key": "blue green" });
    const groups = groupsOf(key, headers);
    expect(groups).toHaveLength(3);
    for (const tag of ["red", "blue", "green"]) {
      expect(groupsByTag(origin, tag).filter((group) => groups.includes(group))).toHaveLength(1);
    }
    expect(groupsByTag(origin, "re").some((group) => groups.includes(group))).toBe(false);
    expect(groupsByTag("http://other.test", "red").some((group) => groups.includes(group))).toBe(false);
  });

  test.each([
    [Array.from({ length: 1000 }, (_, i) => `t${i}`).join(","), false],
    [Array.from({ length: 1001 }, (_, i) => `t${i}`).join(","), true],
    ["x".repeat(1024), false],
    ["x".repeat(1025), true],
    ["", false],
  ])("more than are kept of one response (%#)", (tags, isTooMuch) => {
    expect(isOverTagged(new Headers({ "cache-tag": tags }))).toBe(isTooMuch);
  });
});
