import { expect, test } from "bun:test";
import { Loners } from "../../src/proxy/loners.ts";

test("a name is alone until its time is over", () => {
  const loners = new Loners();
  expect(loners.has("a", 0)).toBe(false);
  loners.add("a", 10);
  expect([loners.has("a", 9), loners.has("a", 10), loners.has("b", 9)]).toEqual([true, false, false]);
  loners.add("a", 30);
  expect(loners.has("a", 29)).toBe(true);
});

test("of many names most are still known, and none is taken for another", () => {
  const loners = new Loners();
  const names = Array.from({ length: 4000 }, (_, i) => `http://origin/${i}`);
  for (const name of names) loners.add(name, 10);
  // A further one may have taken the place of another: about one in ten here.
  expect(names.filter((name) => loners.has(name, 5)).length).toBeGreaterThan(3000);
  expect(names.filter((name) => loners.has(`${name}?`, 5))).toEqual([]);
});
