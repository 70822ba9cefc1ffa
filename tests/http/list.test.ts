import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hasOpenQuote, isToken, splitList, unquote } from "../../src/http/list.ts";
import { fieldText } from "./arbitrary.ts";

describe("splitList", () => {
  test.each([
    ["", []],
    [" , ,,", []],
    ["a", ["a"]],
    ["a,b", ["a", "b"]],
    ["  a ,\tb  ,, c", ["a", "b", "c"]],
    ["a b, c", ["a b", "c"]],
    ['x="a, b", c', ['x="a, b"', "c"]],
    ['x="a\\", b", c', ['x="a\\", b"', "c"]],
    ['"a","b"', ['"a"', '"b"']],
    ['W/"a,b" , "c"', ['W/"a,b"', '"c"']],
    ['"", ,x', ['""', "x"]],
    ["a\\,b", ["a\\", "b"]],
    ['a\\,"b"', ["a\\", '"b"']],
    ['x="never closed, y, z', ['x="never closed, y, z']],
    ['x="ends in escape\\', ['x="ends in escape\\']],
  ])("RFC 9110 §5.6.1: %j has the members %j", (value, members) => {
    expect(splitList(value)).toEqual(members);
  });

  test("RFC 9110 §5.6.1: members are never empty and never padded, whatever the value", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        for (const member of splitList(value)) {
          expect(member).not.toBe("");
          expect(member.trim()).toBe(member);
        }
      }),
    );
  });

  test("RFC 9110 §5.6.1: joined members split into the same members", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        const members = splitList(value);
        expect(splitList(members.join(", "))).toEqual(members);
      }),
    );
  });
});

describe("hasOpenQuote", () => {
  test.each<[string, boolean]>([
    ["a, b", false],
    ['a="b", c', false],
    ['a="b, c', true],
    ['"', true],
    ['""', false],
    ['"a" "', true],
    ['"a\\"', true],
    ['"a\\\\"', false],
    ['a\\"b"', false],
    ['"a\\', true],
  ])("RFC 9110 §5.6.4: %j: %p", (value, open) => {
    expect(hasOpenQuote(value)).toBe(open);
  });

  test("RFC 9110 §5.6.1: where none is, the last member closes what it opens", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        if (!hasOpenQuote(value)) expect(splitList(`${value}, end`).at(-1)).toBe("end");
        else expect(splitList(`${value}, end`).at(-1)).not.toBe("end");
      }),
    );
  });
});

describe("unquote", () => {
  test.each([
    ["plain", "plain"],
    ["", ""],
    ['"', '"'],
    ['""', ""],
    ['"a b"', "a b"],
    ['"a\\"b"', 'a"b'],
    ['"a\\\\b"', "a\\b"],
    ['"open', '"open'],
    ['closed"', 'closed"'],
    ["'single'", "'single'"],
  ])("RFC 9110 §5.6.4: %j holds %j", (text, content) => {
    expect(unquote(text)).toBe(content);
  });

  test("RFC 9110 §5.6.4: what is quoted reads back", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[\r\n\u2028\u2029]/.test(text)),
        (text) => {
          expect(unquote(`"${text.replace(/["\\]/g, "\\$&")}"`)).toBe(text);
        },
      ),
    );
  });
});

describe("isToken", () => {
  test.each(["a", "Accept-Encoding", "x_y.z", "!#$%&'*+-.^_`|~09azAZ"])("RFC 9110 §5.6.2: %j is a token", (text) => {
    expect(isToken(text)).toBe(true);
  });

  test.each(["", " ", "a b", "a,b", '"a"', "a:", "a/b", "é", "a\n", "\u212a"])(
    "RFC 9110 §5.6.2: %j is none",
    (text) => {
      expect(isToken(text)).toBe(false);
    },
  );

  test("RFC 9110 §5.1: Headers takes every token for a name", () => {
    fc.assert(
      fc.property(fieldText, (text) => {
        if (isToken(text)) expect(() => new Headers().get(text)).not.toThrow();
      }),
    );
  });
});
