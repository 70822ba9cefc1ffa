import { expect, test } from "bun:test";
import fc from "fast-check";
import { readList } from "../../src/commands/warm-list.ts";

test("one a line, without comments and blank lines", () => {
  expect(readList("\uFEFF# mine\r\n/a\r\n\r\n  /b?x=#y  \n#/c\nhttp://h/d\r/e")).toEqual([
    "/a",
    "/b?x=#y",
    "http://h/d",
    "/e",
  ]);
  expect(readList("")).toEqual([]);
});

test("whatever stands between them", () => {
  const nothing = fc.constantFrom("", "  ", "# /no", "\t#");
  const ending = fc.constantFrom("\n", "\r\n", "\r");
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.webPath(), nothing, ending)), (lines) => {
      const paths = lines.map(([path]) => `/${path}`);
      const text = lines.map(([, other, end], i) => `${paths[i]}${end}${other}${end}`).join("");
      expect(readList(text)).toEqual(paths);
    }),
  );
});
