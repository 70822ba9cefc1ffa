import { expect, test } from "bun:test";
import { percent, shortBytes, shortCount, shortMs, shortSpan } from "../../src/page/wording.ts";

test.each([
  [shortCount(0), "0"],
  [shortCount(1234), "1,234"],
  [shortCount(12_345), "12.3k"],
  [shortCount(2_000_000), "2M"],
  [shortBytes(812), "812 B"],
  [shortBytes(4096), "4.1 kB"],
  [shortBytes(268_435_456), "268 MB"],
  [shortMs(0), "0 ms"],
  [shortMs(0.421), "0.42 ms"],
  [shortMs(4.26), "4.3 ms"],
  [shortMs(999.4), "999 ms"],
  [shortMs(1250), "1.3 s"],
  [shortSpan(0.4), "0.4 s"],
  [shortSpan(48.4), "48 s"],
  [shortSpan(300), "5 m"],
  [shortSpan(3660), "1 h 1 m"],
  [shortSpan(90_000), "1 d 1 h"],
  [percent(0), "0 %"],
  [percent(0.9345), "93.5 %"],
  [percent(0.99999), "99.9 %"],
  [percent(1), "100 %"],
])("%s is %s", (said, expected) => {
  expect(said).toBe(expected);
});
