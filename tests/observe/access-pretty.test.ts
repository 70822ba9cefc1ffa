import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { CacheStatus } from "../../src/http/cache-status.ts";
import { masking } from "../../src/http/masked.ts";
import { type PrettyExchange, prettyLine, prettyLines } from "../../src/observe/access-pretty.ts";
import { explained } from "../../src/observe/access-reasons.ts";
import { type ExchangeRecord, recordOf } from "../../src/observe/record.ts";
import { shown } from "../../src/observe/shown-exchange.ts";
import { HIT, incoming, record } from "./records.ts";

const plain = prettyLines("plain", masking([]));
const coloured = prettyLines("colour", masking([]));
const time = new Date(record().at).toTimeString().slice(0, 8);
const FORWARD = { type: "forward", fwd: "uri-miss", status: 200, stored: true, ttl: 60, key: "/" } as const;

function because(why: string): string {
  return `         ${explained(why)}\n`;
}

test("a hit", () => {
  expect(plain(record())).toBe(`${time} GET 200 HIT /users?page=2 1.2ms 4.1kB fresh 30s\n`);
});

test("the lane, where it is not the default one", () => {
  const of = record({ lane: "test1" });
  expect(plain(of)).toBe(`${time} GET 200 HIT /users?page=2 1.2ms 4.1kB fresh 30s in lane test1\n`);
  expect(prettyLine(shown(of, { worker: 1, seq: 1 }), "plain")).toBe(plain(of));
});

test("in columns and in colour on a terminal", () => {
  const of = record({ outcome: "miss", cacheStatus: FORWARD });
  expect(coloured(record())).toBe(`${time} GET  200 \x1b[32mHIT\x1b[39m    /users?page=2 1.2ms 4.1kB fresh 30s\n`);
  expect(coloured(of)).toBe(
    `${time} GET  200 \x1b[35mMISS\x1b[39m   /users?page=2 1.2ms 4.1kB fresh 60s\n         \x1b[2m${explained("uri-miss")}\x1b[22m\n`,
  );
});

test.each<[ExchangeRecord["outcome"], CacheStatus, string]>([
  ["miss", FORWARD, ` fresh 60s\n${because("uri-miss")}`],
  ["miss", { ...FORWARD, detail: "heuristic" }, ` fresh 60s, guessed\n${because("uri-miss")}`],
  [
    "miss",
    { type: "forward", fwd: "vary-miss", status: 200, stored: false, detail: "no-store" },
    ` not stored\n${because("vary-miss, no-store")}`,
  ],
  ["hit", { ...HIT, detail: "heuristic" }, " fresh 30s, guessed\n"],
  ["hit", { ...HIT, tier: "memory" }, " fresh 30s\n"],
  ["hit", { ...HIT, tier: "sqlite" }, " fresh 30s from sqlite\n"],
  ["hit", { type: "collapsed", fwd: "uri-miss", ttl: 7, key: "/" }, " fresh 7s collapsed\n"],
  ["stale", { ...HIT, ttl: -7 }, " stale 7s\n"],
  [
    "stale",
    { type: "stale-on-error", fwd: "stale", ttl: -7, key: "/", detail: "origin-timeout" },
    ` stale 7s\n${because("origin-timeout")}`,
  ],
  ["revalidated", { ...FORWARD, fwd: "stale", status: 304 }, " fresh 60s\n"],
  ["bypass", { type: "forward", fwd: "method", status: 200, stored: false }, "\n"],
  [
    "bypass",
    { type: "forward", fwd: "bypass", status: 200, stored: false, detail: "websocket" },
    `\n${because("bypass, websocket")}`,
  ],
  ["error", { type: "none", detail: "only-if-cached" }, `\n${because("only-if-cached")}`],
])("%s by %j", (outcome, cacheStatus, end) => {
  const of = record({ outcome, cacheStatus });
  const line = plain(of);
  expect(line).toBe(`${time} GET 200 ${outcome.toUpperCase()} /users?page=2 1.2ms 4.1kB${end}`);
  // `tail` prints what the log does, from what watchers are shown.
  expect(prettyLine(shown(of, { worker: 1, seq: 1 }), "plain")).toBe(line);
});

test.each([
  [0, 0, "0ms 0B"],
  [1.04, 999, "1ms 999B"],
  [9.94, 1000, "9.9ms 1kB"],
  [9.96, 4096, "10ms 4.1kB"],
  [1234.5, 999_949, "1235ms 999.9kB"],
  [9999, 999_950, "9999ms 1MB"],
  [12_345, 2_500_000_000, "12.3s 2.5GB"],
])("%d ms and %d bytes", (durationMs, bytes, shown) => {
  expect(plain(record({ durationMs, bytes, cacheStatus: undefined }))).toEndWith(` ${shown}\n`);
});

test.each([
  [119, "119s"],
  [120, "2m"],
  [7199, "120m"],
  [7200, "2h"],
  [172_800, "2d"],
  [31_536_000, "365d"],
])("%d seconds are %s", (ttl, shown) => {
  expect(plain(record({ cacheStatus: { ...HIT, ttl } }))).toEndWith(` fresh ${shown}\n`);
});

test("an answer without a Cache-Status", () => {
  const of = record({ outcome: "error", status: 500, cacheStatus: undefined, bytes: 5 });
  expect(plain(of)).toBe(`${time} GET 500 ERROR /users?page=2 1.2ms 5B\n`);
});

describe("nothing can forge a line or steer a terminal", () => {
  const nasty = fc
    .array(
      fc.oneof(
        fc.constantFrom("\n", "\r", "\x1b[31m", "\0", "\x7f", "\x9b", "\u2028", "\u202e", "\u2066", '"', " "),
        fc.string({ unit: "binary" }),
      ),
    )
    .map((parts) => parts.join(""));
  const printable = /^[ -~]*\n$/;

  test("by its URL", () => {
    fc.assert(
      fc.property(nasty, nasty, (path, query) => {
        const asked = incoming(`http://localhost/${path}?${query}`);
        const cacheStatus = { ...HIT, key: asked.url.pathname + asked.url.search };
        const of = recordOf(asked, { response: new Response(), cacheStatus }, 0, 1);
        expect(plain(of)).toMatch(printable);
      }),
    );
    expect(plain(record({ url: new URL("http://a/%0aGET%1b[2J") }))).toContain(" /%0aGET%1b[2J ");
  });

  test("by what a watcher is told", () => {
    const exchange = fc.record({
      ...{ at: fc.constant(0), outcome: fc.constantFrom("miss", "hit"), status: fc.constant(200) },
      ...{ durationMs: fc.constant(1), method: nasty, path: nasty, why: nasty, tier: nasty },
    });
    fc.assert(
      fc.property(exchange, (of: PrettyExchange) => {
        const [first, second, ...others] = prettyLine(of, "plain").split("\n");
        expect(first).toMatch(/^[ -~]*$/);
        expect(second).toMatch(/^[ -~§]*$/);
        expect(others.every((line) => line === "")).toBe(true);
      }),
    );
    expect(
      prettyLine({ at: 0, outcome: "hit", status: 200, durationMs: 1, method: "G\nE", path: "/\u202e" }, "plain"),
    ).toEndWith(" G\\u000aE 200 HIT /\\u202e 1ms\n");
  });
});
