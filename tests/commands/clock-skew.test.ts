import { expect, test } from "bun:test";
import { clockSkew } from "../../src/commands/clock-skew.ts";

const NOON = Date.parse("2026-11-23T12:00:00Z");
const dateAt = (offset: number) => new Date(NOON + offset).toUTCString();

test.each([
  [null, { type: "unstated" }],
  ["yesterday", { type: "unstated" }],
  [dateAt(0), { type: "agrees" }],
  // Asked for at noon, there 800 ms later.
  [dateAt(5000), { type: "agrees" }],
  [dateAt(-6000), { type: "agrees" }],
  [dateAt(60_000), { type: "differs", by: 59_200 }],
  [dateAt(-60_000), { type: "differs", by: -59_000 }],
] as const)("Date: %s", (date, skew) => {
  expect(clockSkew(date, NOON, NOON + 800)).toEqual(skew);
});

test("an answer that took long may have been made at any time of it", () => {
  expect(clockSkew(dateAt(0), NOON, NOON + 30_000)).toEqual({ type: "agrees" });
  expect(clockSkew(dateAt(30_000), NOON, NOON + 30_000)).toEqual({ type: "agrees" });
});
