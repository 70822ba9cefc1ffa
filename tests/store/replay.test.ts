import { expect, test } from "bun:test";
import { replayOf } from "../../src/store/replay.ts";
import { stored } from "./stored.ts";

function replayed(
  selecting: readonly (readonly [string, string | null])[],
  given: Readonly<Record<string, string>> = {},
  fields: Readonly<Record<string, string>> = {},
): object {
  const response = { ...stored(), selecting, headers: new Headers(fields) };
  const { fields: sent, withheld } = replayOf(response, new Headers(given));
  return { ...Object.fromEntries(sent), ...(withheld.length > 0 && { withheld }) };
}

test("a stored response is asked for with the fields that select it", () => {
  expect(replayed([])).toEqual({});
  const both = [
    ["accept-encoding", "gzip"],
    ["accept-language", null],
  ] as const;
  expect(replayed(both)).toEqual({ "accept-encoding": "gzip" });
  expect(replayed(both, { "Accept-Language": "de", "Accept-Encoding": "br" })).toEqual({
    ...{ "accept-encoding": "br", "accept-language": "de" },
  });
});

test("in the coding in which it came, unless another one selects it", () => {
  const gzip = { "content-encoding": "gzip" };
  expect(replayed([], {}, gzip)).toEqual({ "accept-encoding": "gzip" });
  expect(replayed([["accept-encoding", "gzip,br"]], {}, gzip)).toEqual({ "accept-encoding": "gzip,br" });
  expect(replayed([["accept-encoding", null]], {}, gzip)).toEqual({});
});

test("credentials are nobody else's to use", () => {
  const own = [
    ["authorization", "Bearer a"],
    ["x-api-key", "k"],
    ["cookie", null],
  ] as const;
  expect(replayed(own)).toEqual({ withheld: ["authorization", "x-api-key"] });
  expect(replayed(own, { "X-Api-Key": "other" })).toEqual({ "x-api-key": "other", withheld: ["authorization"] });
});
