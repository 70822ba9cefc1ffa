import { expect, test } from "bun:test";
import { linkTo, readRoute } from "../../src/page/route.ts";
import { windowOf } from "../../src/page/row-window.ts";

test.each([
  ["the top", [0, 300, 30, 1000], { start: 0, end: 16 }],
  ["the middle", [3000, 300, 30, 1000], { start: 94, end: 116 }],
  ["the end", [29_700, 300, 30, 1000], { start: 984, end: 1000 }],
  ["beyond the end, after the list became short", [29_700, 300, 30, 3], { start: 3, end: 3 }],
  ["nothing", [0, 300, 30, 0], { start: 0, end: 0 }],
] as const)("the rows that are made at %s", (_, [scrollTop, height, rowHeight, count], rows) => {
  expect(windowOf(scrollTop, height, rowHeight, count)).toEqual(rows);
});

test.each([
  ["", "overview", ""],
  ["#/requests?filter=status%3E%3D500", "requests", "filter=status%3E%3D500"],
  ["#/nowhere", "overview", ""],
  ["#why", "why", ""],
] as const)("the address %s", (hash, view, query) => {
  const route = readRoute(hash);
  expect([route.view, route.parameters.toString()]).toEqual([view, query]);
});

test("a link leads where it says", () => {
  const { view, parameters } = readRoute(linkTo("entries", { url: "/a?b=c&d#e" }));
  expect([view, parameters.get("url")]).toEqual(["entries", "/a?b=c&d#e"]);
});
