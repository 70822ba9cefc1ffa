import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { NoStoreReason } from "../../src/caching/storable.ts";
import type { ForwardReason } from "../../src/http/cache-status.ts";
import { parseFilter } from "../../src/observe/filter.ts";
import { glob } from "../../src/observe/filter-fields.ts";
import type { ShownExchange } from "../../src/observe/shown-exchange.ts";
import { exchange } from "./exchanges.ts";

const hit = exchange();
const miss = exchange({
  ...{ outcome: "miss", status: 200, fwd: "uri-miss", why: "uri-miss, no-store", stored: false, durationMs: 120 },
  ...{ originMs: 110, path: "/cart", key: "/cart", bytes: 200, client: "10.0.0.7", worker: 2 },
});
const failed = exchange({ outcome: "error", status: 502, method: "POST", why: "origin-unreachable", path: "/users" });

function wanted(text: string, of: ShownExchange): boolean {
  const filter = parseFilter(text);
  if (filter.type === "bad") throw new Error(filter.why);
  return filter.wants === undefined || filter.wants(of);
}

describe("a filter wants", () => {
  test.each<[string, readonly ShownExchange[]]>([
    ["", [hit, miss, failed]],
    ["  ", [hit, miss, failed]],
    ["status>=500 or miss", [miss, failed]],
    ["status=5xx", [failed]],
    ["status!=5xx", [hit, miss]],
    ["2xx", [hit, miss]],
    ["hit", [hit]],
    ["HIT", [hit]],
    ["not hit", [miss, failed]],
    ["!hit", [miss, failed]],
    ["not not hit", [hit]],
    ["uri-miss", [miss]],
    ["no-store", [miss]],
    ["why=no-store", [miss]],
    ["why~unreach", [failed]],
    ["why!=no-store", [hit, failed]],
    ["outcome!=hit", [miss, failed]],
    ["fwd=uri-miss", [miss]],
    ["POST", [failed]],
    ["method=post", [failed]],
    ["path~/users*", [hit, failed]],
    ["path=/users", [hit, failed]],
    ["path=/users?page=2", [hit]],
    ["path~page=2", [hit]],
    ["path~*page=2", [hit]],
    ["path!~/users*", [miss]],
    ['path="/users"', [hit, failed]],
    ["ms>100", [miss]],
    ["ms > 0.1s", [miss]],
    ["ms<=0.5", [hit, failed]],
    ["origin>100", [miss]],
    ["origin<100", []],
    ["origin!=110", [hit, failed]],
    ["bytes>1kb", [hit, failed]],
    ["bytes=4kb", [hit, failed]],
    ["ttl<1m", [hit, miss, failed]],
    ["worker=2", [miss]],
    ["client=10.0.0.7", [miss]],
    ["host~local", [hit, miss, failed]],
    ["tier=memory hit", [hit]],
    ["hit and bytes>1kb", [hit]],
    ["hit && bytes>1kb || miss", [hit, miss]],
    ["hit bytes<1kb or miss", [miss]],
    ["(hit or miss) ms>100", [miss]],
    ["not (hit or miss)", [failed]],
    ["miss or hit and status=500", [miss]],
    ["ms>100 or(POST)", [miss, failed]],
  ])("%j", (text, expected) => {
    expect([hit, miss, failed].filter((one) => wanted(text, one))).toEqual([...expected]);
  });

  test("each word by which an exchange says why", () => {
    const stored: Readonly<Record<NoStoreReason, true>> = {
      ...{ method: true, "partial-content": true, "range-not-satisfiable": true, "not-modified": true },
      ...{ "request-no-store": true, "no-store": true, private: true, authorization: true, personal: true },
      ...{ "vary-star": true, "status-not-understood": true, "status-not-cacheable": true },
      ...{ "no-lifetime-and-no-validator": true },
    };
    const forwarded: Readonly<Record<ForwardReason, true>> = {
      ...{ bypass: true, method: true, "uri-miss": true, "vary-miss": true, miss: true, request: true, stale: true },
      ...{ partial: true },
    };
    for (const word of [...Object.keys(stored), ...Object.keys(forwarded)]) {
      expect(parseFilter(word).type).toBe("filter");
      expect(wanted(`why=${word}`, exchange({ why: word }))).toBe(true);
    }
  });
});

describe("what cannot be read says why and where", () => {
  test.each([
    ["mis", 1, '"mis" is no word of a filter; there are hit, miss,'],
    ["hit or mis", 8, '"mis" is no word'],
    ["status", 1, '"status" has to be compared with something, such as status>=500'],
    ["status>", 8, "after status> stands no value"],
    ["status>=abc", 9, '"abc" is nothing to compare status with; write it like status>=500'],
    ["bytes>10km", 7, '"10km" is nothing to compare bytes with; write it like bytes>10kb'],
    ["status~5", 1, "status is a number: compare it by"],
    ["path>3", 1, "path is a text: compare it by"],
    ["hit outcome=mis", 13, 'outcome is never "mis"; it is one of hit,'],
    ["size>3", 1, 'there is no "size" to compare; there are status, ms'],
    ["hit or", 7, "it ends where a word or comparison should follow"],
    ["or hit", 1, '"or" stands where a word or comparison should'],
    ["(hit", 1, "a parenthesis is opened and never closed"],
    ["hit)", 4, "this parenthesis closes none"],
    ["=3", 1, "before = stands no name"],
    ['path="/a', 6, "a quote is opened and never closed"],
    ['"hit"', 1, '"hit" is compared with nothing'],
    ["hit | miss", 5, '"|" means nothing here'],
    ["(".repeat(51), 51, "more than 50 deep"],
    ["x".repeat(1001), 1001, "it is longer than 1000 characters"],
  ])("%j", (text, place, why) => {
    const filter = parseFilter(text);
    expect(filter).toMatchObject({ type: "bad", at: place - 1 });
    expect(filter.type === "bad" && filter.why).toContain(why);
    expect(filter.type === "bad" && filter.why).toEndWith(`(at character ${place})`);
  });

  test("whatever it is", () => {
    const piece = fc.constantFrom(
      "hit",
      "miss",
      "or",
      "and",
      "not",
      "!",
      "(",
      ")",
      "ms",
      ">",
      "=",
      "~",
      "10",
      " ",
      '"',
      "&&",
      "|",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(text, (text) => {
        const filter = parseFilter(text);
        if (filter.type === "filter") expect([true, false, undefined]).toContain(filter.wants?.(miss));
        else expect(filter.at).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

/** A random filter with what it means. */
const meant: fc.Arbitrary<readonly [string, (of: ShownExchange) => boolean]> = fc.letrec<{
  tree: readonly [string, (of: ShownExchange) => boolean];
}>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<readonly [string, (of: ShownExchange) => boolean]>(
      ["hit", ({ outcome }) => outcome === "hit"],
      ["miss", ({ outcome }) => outcome === "miss"],
      ["ms>=100", ({ durationMs }) => durationMs >= 100],
      ["POST", ({ method }) => method === "POST"],
    ),
    tie("tree").map(([text, of]) => [`not (${text})`, (one: ShownExchange) => !of(one)] as const),
    fc
      .tuple(tie("tree"), tie("tree"))
      .map(([[a, ofA], [b, ofB]]) => [`(${a}) or (${b})`, (one: ShownExchange) => ofA(one) || ofB(one)] as const),
    fc
      .tuple(tie("tree"), fc.constantFrom(" and ", "&&", " "), tie("tree"))
      .map(
        ([[a, ofA], and, [b, ofB]]) => [`(${a})${and}(${b})`, (one: ShownExchange) => ofA(one) && ofB(one)] as const,
      ),
  ),
})).tree;

test("and, or and not mean what they do in logic", () => {
  fc.assert(
    fc.property(meant, ([text, means]) => {
      for (const one of [hit, miss, failed]) expect(wanted(text, one)).toBe(means(one));
    }),
  );
});

test("a glob matches as the regular expression would that it stands for", () => {
  const letters = fc.array(fc.constantFrom("a", "b", "/", "*"), { maxLength: 8 }).map((all) => all.join(""));
  const texts = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 12 }).map((all) => all.join(""));
  fc.assert(
    fc.property(letters, texts, (pattern, text) => {
      const expected = pattern.includes("*")
        ? new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text)
        : text.includes(pattern);
      expect(glob(pattern)(text)).toBe(expected);
    }),
  );
});
