import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parsePreferences } from "../../src/http/quality.ts";
import { fieldText } from "./arbitrary.ts";

describe("RFC 9110 §12.4.2: preferences", () => {
  test.each<[string, [string, number][]]>([
    ["", []],
    ["de", [["de", 1]]],
    [
      "DE, en-GB ; Q=0.8 ,,*;q=0",
      [
        ["de", 1],
        ["en-gb", 0.8],
        ["*", 0],
      ],
    ],
    [
      "gzip;q=1.000, br;q=0.001,x;q=0.",
      [
        ["gzip", 1],
        ["br", 0.001],
        ["x", 0],
      ],
    ],
  ])("%j", (value, preferences) => {
    expect(parsePreferences(value)).toEqual(preferences.map(([name, weight]) => ({ name, weight })));
  });

  test.each(["de;q=2", "de;q=1.1", "de;q=0.1234", "de;q=-1", "de;q=", "de;q", "de;x=1", "de en", '"de"', "de,en;q=x"])(
    "%j is none: nothing is known of it",
    (value) => {
      expect(parsePreferences(value)).toBeUndefined();
    },
  );

  test("all weights lie between 0 and 1, whatever is read", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        for (const { weight } of parsePreferences(value) ?? []) expect(weight >= 0 && weight <= 1).toBe(true);
      }),
    );
  });
});
