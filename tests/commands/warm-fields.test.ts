import { describe, expect, test } from "bun:test";
import { readFields } from "../../src/commands/warm-fields.ts";
import type { Fields } from "../../src/commands/warm-request.ts";

const usual = { accept: "*/*", "accept-encoding": "gzip, deflate, br, zstd", "user-agent": "us" };
const read = (...given: string[]) => readFields(given, "us");

describe("the fields to ask with", () => {
  test.each<[string[], Fields[], string | undefined]>([
    [[], [usual], undefined],
    [["X-A: b: c "], [{ ...usual, "x-a": "b: c" }], undefined],
    [["accept:"], [{ ...usual, accept: "" }], undefined],
    [["User-Agent: me"], [{ ...usual, "user-agent": "me" }], undefined],
    [["Host: Shop.Example:8080"], [usual], "shop.example:8080"],
    [["Host: [::1]:80"], [usual], "[::1]:80"],
    [
      ["Accept-Encoding: gzip", "accept-encoding: br", "accept-encoding: br"],
      [
        { ...usual, "accept-encoding": "gzip" },
        { ...usual, "accept-encoding": "br" },
      ],
      undefined,
    ],
  ])("%j", (given, variants, host) => {
    expect(read(...given)).toEqual({ ok: true, value: { variants, host } });
  });

  test("of two names with several values, all pairs", () => {
    const both = read("A: 1", "A: 2", "B: 3", "B: 4");
    const pairs = both.ok ? both.value.variants.map(({ a, b }) => `${a}${b}`) : [];
    expect(pairs).toEqual(["13", "14", "23", "24"]);
  });
});

test.each<[string[], string]>([
  [["foo"], '-H "foo" is no field'],
  [[": x"], "is no field"],
  [["a b: x"], "is no field"],
  [["x: a\nb: c"], "characters that no field may hold"],
  [["Content-Length: 5"], "belongs to the connection"],
  [["Connection: close"], "belongs to the connection"],
  [["Host: a", "Host: b"], "can be given once"],
  [["Host: a/b"], "names no host"],
  [["Host: "], "names no host"],
  [Array.from({ length: 65 }, (_, i) => `a: ${i}`), "more than 64 variants"],
])("%j is refused", (given, message) => {
  expect(read(...given)).toEqual({ ok: false, message: expect.stringContaining(message) });
});
