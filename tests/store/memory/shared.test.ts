import { expect, test } from "bun:test";
import { Derived, Shared } from "../../../src/store/memory/shared.ts";

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

test("what is made of an object is made once", () => {
  let made = 0;
  const derived = new Derived((from: { readonly n: number }) => ({ n: from.n + ++made }));
  const one = { n: 10 };
  expect(derived.of(one)).toBe(derived.of(one));
  expect([derived.of(one).n, derived.of({ n: 10 }).n, made]).toEqual([11, 12, 2]);
});
