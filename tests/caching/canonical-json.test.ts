import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { canonicalText, exactJson, withoutIgnored } from "../../src/caching/canonical-json.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function canonicalOf(text: string): string | undefined {
  const json = exactJson(bytes(text));
  return json && canonicalText(json.value);
}

/** The same value written in another way: members turned around, white space, numbers with exponents. */
function rewritten(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? `${value}.0` : `${value}`;
  if (Array.isArray(value)) return `[ ${value.map(rewritten).join(" ,\n")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}\t: ${rewritten(member)}`);
  return `{${members.reverse().join(" , ")}\r\n}`;
}

/** JSON has no -0 that would be another number (RFC 8785 §3.2.2.3), nor exponents in forms that `rewritten` knows. */
const values = fc.jsonValue({ maxDepth: 3 }).map((value): unknown => JSON.parse(JSON.stringify(value)));

test("how a value is written makes no difference", () => {
  fc.assert(
    fc.property(values, (value) => {
      const text = rewritten(value).replaceAll(/(e[+-]\d+)\.0/g, "$1");
      expect(canonicalOf(text)).toBe(canonicalOf(JSON.stringify(value)));
    }),
  );
});

test("other values have other texts, and each text is the value's own JSON", () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const [first, second] = [canonicalOf(JSON.stringify(a)), canonicalOf(JSON.stringify(b))];
      expect(JSON.parse(first ?? "")).toEqual(a);
      expect(first === second).toBe(Bun.deepEquals(a, b, true));
    }),
  );
});

describe("numbers", () => {
  test.each([
    ["1", "1.0", "1e0", "10e-1", "0.1e1", "100E-2"],
    ["-0", "0", "0.0", "0e7"],
    ["1e21", "1000000000000000000000", "1e+21"],
    ["9007199254740993", "9007199254740993.0", "9.007199254740993e15", "90071992547409930e-1"],
    ["1e400", "10e399", "0.1e401"],
    ["1e-400", "0.1e-399"],
  ])("%s is the same in all forms", (...forms: unknown[]) => {
    expect(new Set(forms.map((form) => canonicalOf(String(form)))).size).toBe(1);
  });

  test.each([
    ["9007199254740992", "9007199254740993"],
    ["0.1", "0.10000000000000000001"],
    ["1e400", "2e400"],
    ["1e-400", "0"],
    ["123456789012345678901234567890", "123456789012345678901234567891"],
  ])("%s is not %s, though a double cannot tell", (a, b) => {
    expect(Number(a)).toBe(Number(b));
    expect(canonicalOf(`{"id":${a}}`)).not.toBe(canonicalOf(`{"id":${b}}`));
  });

  test("one with many zeros is read in no time", () => {
    expect(canonicalOf(`0.${"0".repeat(200_000)}1`)).toBe("1e-200001");
  });
});

test.each([
  ["a name that comes twice", '{"a":1,"a":2}'],
  ["the same by an escape", '{"a":1,"\\u0061":2}'],
  ["deep inside", '[{"b":{"a":"x:\\"","a":"x:\\""}}]'],
  ["a byte order mark", '\ufeff{"a":1}'],
  ["no JSON", "{a:1}"],
  ["nothing", ""],
  ["too deep", "[".repeat(100_000) + "]".repeat(100_000)],
])("%s is nothing that all read alike", (_, text) => {
  expect(exactJson(bytes(text))).toBeUndefined();
});

test("bytes that are no UTF-8 are no JSON", () => {
  expect(exactJson(new Uint8Array([0x22, 0xff, 0x22]))).toBeUndefined();
});

test.each([
  ['{"__proto__":{"a":1},"b":"\\":"}', '{"__proto__":{"a":1},"b":"\\":"}'],
  ['{"b":1,"a":{"":2}}', '{"a":{"":2},"b":1}'],
  ['"\\ud800"', '"\\ud800"'],
])("%s is %s", (text, canonical) => {
  expect(canonicalOf(text)).toBe(canonical);
});

test("a pointer into a number leads nowhere", () => {
  const json = exactJson(bytes('{"a":9007199254740993}'));
  expect(canonicalText(withoutIgnored(json?.value, ["/a/text"]))).toBe('{"a":9007199254740993e0}');
});
