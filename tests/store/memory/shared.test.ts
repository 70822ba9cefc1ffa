import { expect, test } from "bun:test";
import { Shared } from "../../../src/store/memory/shared.ts";

test("one object for what is the same, another for what is not", () => {
  const shared = new Shared<{ readonly a: number | undefined; readonly b: readonly string[] }>();
  const first = shared.of({ a: 1, b: ["x"] });
  expect(shared.of({ a: 1, b: ["x"] })).toBe(first);
  expect(shared.of({ a: undefined, b: ["x"] })).toEqual({ a: undefined, b: ["x"] });
  expect(shared.of({ a: 1, b: [] })).toEqual({ a: 1, b: [] });
});

test("values without end are each given back, and not all remembered", () => {
  const shared = new Shared<{ readonly n: number }>();
  const first = shared.of({ n: 0 });
  for (let n = 0; n < 10_000; n++) expect(shared.of({ n })).toEqual({ n });
  expect(shared.of({ n: 0 })).not.toBe(first);
});
