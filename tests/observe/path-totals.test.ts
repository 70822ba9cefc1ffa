import { expect, test } from "bun:test";
import { PathTotals } from "../../src/observe/path-totals.ts";
import { record } from "./records.ts";

test("adds up by method and path, whatever the query, the most requested first", () => {
  const totals = new PathTotals();
  const at = (path: string) => new URL(path, "http://localhost");
  totals.add(record({ url: at("/a?1"), durationMs: 1, bytes: 10 }));
  totals.add(record({ url: at("/b"), durationMs: 5, bytes: undefined, outcome: "error" }));
  totals.add(record({ url: at("/a?2"), durationMs: 3, bytes: 20, outcome: "miss" }));
  totals.add(record({ url: at("/a"), method: "POST", durationMs: 1, bytes: 1, outcome: "bypass" }));
  expect(totals.list()).toEqual([
    { method: "GET", path: "/a", requests: 2, misses: 1, errors: 0, bytes: 30, totalMs: 4, maxMs: 3 },
    { method: "GET", path: "/b", requests: 1, misses: 0, errors: 1, bytes: 0, totalMs: 5, maxMs: 5 },
    { method: "POST", path: "/a", requests: 1, misses: 0, errors: 0, bytes: 1, totalMs: 1, maxMs: 1 },
  ]);
});

test("adding up in parts gives the same", () => {
  const [whole, first, second] = [new PathTotals(), new PathTotals(), new PathTotals()];
  for (let i = 0; i < 20; i++) {
    const one = record({ url: new URL(`/${i % 3}`, "http://localhost"), durationMs: i, bytes: i });
    whole.add(one);
    (i < 10 ? first : second).add(one);
  }
  for (const total of second.list()) first.merge(total);
  expect(first.list()).toEqual(whole.list());
});
