import { describe, expect, test } from "bun:test";
import { explainMisses, type PastExchange } from "../../src/caching/explain-misses.ts";
import { nearlyHit, worthIgnoring } from "../../src/caching/suggestions.ts";
import { SECOND, T0 } from "./build.ts";

/** An exchange of `/a` so many seconds after T0. */
function past(seconds: number, search: string, more: Partial<PastExchange> = {}): PastExchange {
  const usual = { fwd: "uri-miss", why: "uri-miss", stored: true, ttl: 60 };
  return { at: T0 + seconds * SECOND, path: `/a${search}`, publicOrigin: "http://p", ...usual, ...more };
}

const unstored = (word: string) => ({ stored: false, why: `uri-miss, ${word}` });

describe("what to ignore", () => {
  test.each<[string, readonly PastExchange[], ReturnType<typeof explainMisses>["ignorable"]]>([
    [
      "a parameter that is another one each time",
      [past(0, "?p=1&_t=1"), past(1, "?_t=2&p=1"), past(2, "?p=1&_t=3"), past(3, "?p=2&_t=4")],
      { names: ["_t"], turned: 2, of: 4 },
    ],
    [
      "two that only help together",
      [past(0, "?a=1&b=1&p=1"), past(1, "?a=2&b=2&p=1"), past(2, "?a=3&b=3&p=1")],
      { names: ["a", "b"], turned: 2, of: 3 },
    ],
    [
      "a second one that is worth it",
      [past(0, "?a=1&b=1"), past(1, "?a=2&b=1"), past(2, "?a=3&b=2"), past(3, "?a=3&b=3"), past(4, "?a=4&b=3")],
      { names: ["a", "b"], turned: 4, of: 5 },
    ],
    ["in whatever order they were seen", [past(1, "?_t=2"), past(0, "?_t=1")], { names: ["_t"], turned: 1, of: 2 }],
    ["not what came when nothing was fresh any more", [past(0, "?_t=1"), past(61, "?_t=2")], undefined],
    ["not what was not stored", [past(0, "?_t=1", unstored("no-store")), past(1, "?_t=2")], undefined],
    [
      "not what was asked by another name",
      [past(0, "?_t=1"), past(1, "?_t=2", { publicOrigin: "http://q" })],
      undefined,
    ],
    ["not a miss that was one anyway", [past(0, "?_t=1"), past(1, "?_t=1")], undefined],
    ["nothing where nothing was asked", [], undefined],
  ])("%s", (_, exchanges, expected) => {
    expect(explainMisses(exchanges, "", new Set()).ignorable ?? null).toEqual(expected ?? null);
  });

  test("not what is known to make a difference", () => {
    expect(explainMisses([past(0, "?_t=1"), past(1, "?_t=2")], "", new Set(["_t"])).ignorable).toBeUndefined();
  });

  test("names are told by what they decode to", () => {
    expect(explainMisses([past(0, "?%5Ft=1"), past(1, "?_t=2")], "", new Set()).ignorable?.names).toEqual(["_t"]);
  });
});

describe("why the last answer was not stored", () => {
  test("of the URL itself, and how often", () => {
    const seen = [
      past(0, "?x=1&y=2", unstored("no-store")),
      past(1, "?y=2&x=1", unstored("private")),
      past(2, "?z=1", unstored("private")),
    ];
    expect(explainMisses(seen, "?x=1&y=2", new Set())).toMatchObject({
      ...{ seen: 3, misses: 3 },
      notStored: { reason: "private", says: "the response said `private`", times: 2, at: T0 + SECOND },
    });
  });

  test("else of the path", () => {
    const seen = [past(0, "?x=1", unstored("no-store")), past(1, "?x=2", unstored("authorization"))];
    expect(explainMisses(seen, "?x=3", new Set()).notStored).toMatchObject({
      reason: "authorization",
      section: "RFC 9111 §3.5",
    });
  });

  test("not where it was stored since", () => {
    expect(explainMisses([past(0, "", unstored("no-store")), past(1, "")], "", new Set()).notStored).toBeUndefined();
  });

  test("not where the word is no reason", () => {
    expect(explainMisses([past(0, "", unstored("odd"))], "", new Set()).notStored).toBeUndefined();
  });
});

describe("suggestions", () => {
  const gain = { names: ["_t"], turned: 34, of: 40 };
  test("what to ignore, and whether that would be right", () => {
    expect(worthIgnoring(gain, [{ name: "_t", content: "same" }])).toBe(
      "`--ignore-query _t` would have turned 34 of the last 40 misses into hits; what is stored is the same whatever it says",
    );
    expect(worthIgnoring(gain, [])).toEndWith("hits, if the origin answers the same whatever it says");
  });

  const differing = (name: string, stored: string | null) => ({ name, stored });
  test.each([
    [
      [differing("_t", null)],
      "would have been a hit without the parameter `_t`: the nearest stored key, /a, differs in `_t` only",
    ],
    [
      [differing("_t", "1")],
      "would have been a hit if `_t` made no difference: the nearest stored key, /a, differs in `_t` only",
    ],
    [
      [differing("a", null), differing("b", null)],
      "would have been a hit without the parameters `a` and `b`: the nearest stored key, /a, differs in `a` and `b` only",
    ],
  ])("what nearly was a hit: %j", (differs, expected) => {
    expect(nearlyHit([{ key: "/a", differs, verdict: { type: "fresh" } }])).toBe(expected);
  });

  test("nothing where the nearest is stale or far", () => {
    const far = ["a", "b", "c", "d"].map((name) => differing(name, "1"));
    expect(nearlyHit([{ key: "/a", differs: [differing("_t", null)], verdict: { type: "validate" } }])).toBeUndefined();
    expect(nearlyHit([{ key: "/a", differs: far, verdict: { type: "fresh" } }])).toBeUndefined();
    expect(nearlyHit([])).toBeUndefined();
  });
});
