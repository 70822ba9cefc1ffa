import { describe, expect, test } from "bun:test";
import { FAILURES, FORWARD_REASONS, NOT_STORED } from "../../src/observe/labels.ts";
import { meaningOf } from "../../src/page/reasons.ts";
import { storyOf } from "../../src/page/story.ts";
import { shownExchange } from "./exchanges.ts";

test.each([...FORWARD_REASONS, ...NOT_STORED, ...FAILURES])("the reason %s has words", (word) => {
  expect(meaningOf(word)?.means).toEndWith(".");
});

test("what is no word of ours has none, whatever objects have", () => {
  expect(meaningOf("constructor")).toBeUndefined();
});

describe("an exchange is told", () => {
  test.each([
    [
      { outcome: "hit", ttl: 48, tier: "memory" },
      ["Answered from the cache (memory); the origin was not asked.", "It stays fresh for another 48 s."],
    ],
    [{ outcome: "stale", ttl: -90 }, ["Answered from the cache although stale for 1 m 30 s."]],
    [
      { outcome: "miss", why: "uri-miss", stored: true, ttl: 60 },
      [
        "The origin was asked, and answered.",
        "Nothing was stored under this URL.",
        "What came is stored, fresh for 1 m.",
      ],
    ],
    [
      { outcome: "miss", why: "uri-miss, no-store", stored: false },
      [
        "The origin was asked, and answered.",
        "Nothing was stored under this URL.",
        "Not stored: the response said no-store.",
      ],
    ],
    [
      { outcome: "miss", fwd: "vary-miss", why: "vary-miss, accept-language" },
      [
        "The origin was asked, and answered.",
        "Responses are stored under this URL, but for other values of the fields that Vary names, or for another host name.",
        "They differ in the field “accept-language”.",
      ],
    ],
    [
      { outcome: "miss", why: "new-word" },
      ["The origin was asked, and answered.", "The proxy calls the reason “new-word”."],
    ],
  ] as const)("%j", (but, sentences) => {
    expect(storyOf(shownExchange(but)).sentences).toEqual([...sentences]);
  });

  test("with what to do about the last reason, which is why nothing was found", () => {
    const { remedies } = storyOf(shownExchange({ why: "uri-miss, private", stored: false }));
    expect(remedies).toEqual([expect.stringContaining("s-maxage")]);
  });
});
