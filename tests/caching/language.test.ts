import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { languageOf, preferredLanguage } from "../../src/caching/language.ts";
import { fieldText } from "../http/arbitrary.ts";

describe("RFC 9110 §8.5: the language of content", () => {
  test.each<[string | null, string | undefined]>([
    ["de", "de"],
    [" EN-gb ", "en-gb"],
    ["zh-Hant-TW", "zh-hant-tw"],
    ["de, en", undefined],
    ["", undefined],
    ["*", undefined],
    ["de;q=1", undefined],
    ["de en", undefined],
    [null, undefined],
  ])("%j", (field, language) => {
    expect(languageOf(field)).toBe(language);
  });
});

describe("RFC 9110 §12.5.4: the language that a request weighs the most", () => {
  test.each<[string | null, string | undefined]>([
    ["de", "de"],
    ["fr;q=0.5, de;q=1.0", "de"],
    ["fr;q=0.5, DE-at;q=0.6, *;q=0.1", "de-at"],
    ["de, de;q=0.5", "de"],
    ["de, DE", "de"],
    ["de, fr", undefined],
    ["de;q=0.5, fr;q=0.50", undefined],
    ["*", undefined],
    ["*, de", undefined],
    ["de;q=0", undefined],
    ["de;q=0, fr;q=0", undefined],
    ["de;level=1", undefined],
    ["de, fr;q=many", undefined],
    ["", undefined],
    [null, undefined],
  ])("%j", (field, language) => {
    expect(preferredLanguage(field)).toBe(language);
  });

  const name = fc.constantFrom("de", "de-AT", "en", "fr", "*");
  const weight = fc.constantFrom(undefined, "0", "0.1", "0.50", "0.5", "1", "1.000");
  const member = fc.tuple(name, weight).map(([tag, q]) => (q === undefined ? tag : `${tag};q=${q}`));
  const members = fc.array(member, { maxLength: 6 });

  test("the order of its members does not matter", () => {
    const shuffled = members.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
    );
    fc.assert(
      fc.property(shuffled, ([given, other]) => {
        expect(preferredLanguage(other.join(","))).toBe(preferredLanguage(given.join(",")));
      }),
    );
  });

  test("case and white space do not matter", () => {
    fc.assert(
      fc.property(members, fc.constantFrom("", " ", "\t"), (given, space) => {
        const spaced = given.map((one) => `${space}${one.replace(";", `${space};${space}`)}${space}`).join(",");
        expect(preferredLanguage(spaced.toUpperCase())).toBe(preferredLanguage(given.join(",")));
      }),
    );
  });

  test("what weighs nothing is never chosen, nor what is not named", () => {
    fc.assert(
      fc.property(members, (given) => {
        const chosen = preferredLanguage(given.join(","));
        if (chosen === undefined) return;
        const named = given.filter((one) => one.toLowerCase().split(";")[0] === chosen);
        expect(named.some((one) => !one.endsWith("q=0"))).toBe(true);
      }),
    );
  });

  test("whatever is sent is read", () => {
    fc.assert(
      fc.property(fieldText, (text) => {
        expect(preferredLanguage(text)).not.toBe("*");
      }),
    );
  });
});
