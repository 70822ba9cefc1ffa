import { expect, test } from "bun:test";
import { joinedFigures, type Quota, shareLeft, strictestOf } from "../../src/http/quota.ts";

test.each<[Quota, number]>([
  [{ limit: 100, remaining: 25 }, 0.25],
  [{ limit: 100, remaining: 0 }, 0],
  [{ limit: 0, remaining: 0 }, 0],
  [{ limit: 0, remaining: 5 }, 1],
  [{ limit: 10, remaining: 20 }, 1],
  [{ remaining: 1 }, 1],
  [{ remaining: 0 }, 0],
])("of %j %p is left", (quota, expected) => {
  expect(shareLeft(quota)).toBe(expected);
});

test("the strictest is that of which the smallest share is left, and of equal ones the fewest requests", () => {
  const [large, small, spent] = [
    { limit: 1000, remaining: 90 },
    { limit: 10, remaining: 5 },
    { limit: 4, remaining: 2 },
  ];
  expect(strictestOf([small, large, spent])).toBe(large);
  expect(strictestOf([small, spent])).toBe(spent);
  expect(strictestOf([])).toBeUndefined();
});

test("several processes know what the strictest of them knows, and waits add up", () => {
  const strictest = { limit: 10, remaining: 1 };
  const all = [
    { strictest: { limit: 10, remaining: 5 }, delayed: 1 },
    undefined,
    { strictest, refusedUntil: 7, delayed: 2 },
  ];
  expect(joinedFigures([...all, { refusedUntil: 5, delayed: 0 }])).toEqual({ strictest, refusedUntil: 7, delayed: 3 });
  expect(joinedFigures([{ delayed: 0 }])).toEqual({ delayed: 0 });
  expect(joinedFigures([undefined])).toBeUndefined();
});
