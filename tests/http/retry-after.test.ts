import { describe, expect, test } from "bun:test";
import { retryAfter } from "../../src/http/retry-after.ts";

const NOW = Date.UTC(2026, 0, 1);

describe("Retry-After", () => {
  test.each<[string | null, number | undefined]>([
    [null, undefined],
    ["3", 3000],
    [" 0 ", 0],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
    ["-1", undefined],
    ["1.5", undefined],
    ["soon", undefined],
  ])("%j", (field, expected) => {
    expect(retryAfter(field, NOW)).toBe(expected);
  });
});
