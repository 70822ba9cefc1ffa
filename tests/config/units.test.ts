import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatDuration, formatRoundedSize, formatSize, parseDuration, parseSize } from "../../src/config/units.ts";

const amountOf = (parsed: ReturnType<typeof parseSize>) => (parsed.ok ? parsed.value : undefined);

describe("sizes", () => {
  test.each([
    ["0", 0],
    ["17", 17],
    ["17b", 17],
    ["64kb", 65_536],
    ["64KB", 65_536],
    ["256mb", 268_435_456],
    ["1Gb", 1_073_741_824],
  ])("%s is %d bytes", (text, bytes) => {
    expect(amountOf(parseSize(text))).toBe(bytes);
  });

  test.each(["", " 1", "1 kb", "-1", "+1", "1.5mb", "1e3", "0x10", "kb", "1tb", "5m", "1kb\n", "99999999gb", "９"])(
    "%j is no size",
    (text) => {
      expect(parseSize(text).ok).toBe(false);
    },
  );

  test("what is written reads back as the same number", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(amountOf(parseSize(formatSize(bytes)))).toBe(bytes);
      }),
    );
  });

  test.each([
    [0, "0 bytes"],
    [1023, "1023 bytes"],
    [1536, "1.5 kb"],
    [268_435_456, "256 mb"],
  ])("%d rounds to %s", (bytes, text) => {
    expect(formatRoundedSize(bytes)).toBe(text);
  });
});

describe("durations", () => {
  test.each([
    ["0", 0],
    ["00", 0],
    ["0s", 0],
    ["500ms", 500],
    ["30s", 30_000],
    ["5M", 300_000],
    ["1h", 3_600_000],
    ["7D", 604_800_000],
  ])("%s is %d ms", (text, milliseconds) => {
    expect(amountOf(parseDuration(text))).toBe(milliseconds);
  });

  test.each(["", "5", "1.5h", "-1s", "s", "5 s", "5x", "5kb", "1h30m", "999999999999999d", "Infinity", "NaN"])(
    "%j is no duration",
    (text) => {
      expect(parseDuration(text).ok).toBe(false);
    },
  );

  test("what is written reads back as the same number", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (milliseconds) => {
        expect(amountOf(parseDuration(formatDuration(milliseconds)))).toBe(milliseconds);
      }),
    );
  });
});

test("garbage never yields a value", () => {
  const wellFormed = /^\d+(b|kb|mb|gb|ms|s|m|h|d)?$/i;
  const nearMiss = fc
    .tuple(fc.integer(), fc.constantFrom(".", " ", "-", "k", "mbs", "ss", "é"))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), nearMiss).filter((text) => !wellFormed.test(text)),
      (text) => {
        expect(parseSize(text).ok).toBe(false);
        expect(parseDuration(text).ok).toBe(false);
      },
    ),
  );
});
