import { describe, expect, test } from "bun:test";
import type { Extent } from "../../src/caching/purge.ts";
import { Fence } from "../../src/store/fence.ts";
import { groupOf, keyOf } from "./stored.ts";

const SITE = "http://api.example.com";

/** A fence on a clock that the test moves, and whether it admits a response of a group. */
function fence() {
  let now = 100;
  const of = new Fence(() => now);
  const admits = (path: string, sentAt: number): boolean =>
    of.admits({ key: keyOf(path), groups: [groupOf("g")], sentAt });
  return { of, admits, at: (instant: number) => (now = instant) };
}

describe("what was asked for before a purge stays out", () => {
  test.each<[Extent, readonly string[], readonly string[]]>([
    [{ type: "key", key: keyOf("/a") }, ["/a"], ["/a/b"]],
    [{ type: "group", group: groupOf("g") }, ["/a"], []],
    [{ type: "prefix", prefix: `${SITE}/a/` }, ["/a/", "/a/b?c"], ["/a", "/b/a/"]],
    [{ type: "pattern", pattern: `${SITE}/a/:x`, prefix: `${SITE}/a/` }, ["/a/b", "/a/b?c=1"], ["/a/", "/a/b/c"]],
    [{ type: "everything" }, ["/", "/a"], []],
  ])("%j", (what, meant, others) => {
    const { of, admits, at } = fence();
    at(200);
    of.notePurge(what);
    for (const path of meant) expect([admits(path, 199), admits(path, 201)]).toEqual([false, true]);
    for (const path of others) expect([admits(path, 199), admits(path, 201)]).toEqual([true, true]);
  });
});

test("of more ranges than are remembered the older ones keep out all that is older than they", () => {
  const { of, admits, at } = fence();
  for (let i = 0; i < 65; i++) {
    at(1000 + i);
    of.notePurge({ type: "prefix", prefix: `${SITE}/${i}/` });
  }
  expect(admits("/0/a", 999.5)).toBe(false);
  expect(admits("/other", 999.5)).toBe(false);
  expect(admits("/other", 1000.5)).toBe(true);
  expect(admits("/30/a", 1029.5)).toBe(false);
  expect(admits("/30/a", 1030.5)).toBe(true);
  of.noteAll();
  expect(admits("/other", 1064)).toBe(false);
});

test("what was purged lately is not forgotten for what was long ago", () => {
  const { of, admits, at } = fence();
  at(2000);
  of.noteAll();
  at(3000);
  for (let i = 0; i < 70; i++) of.notePurge({ type: "prefix", prefix: `${SITE}/${i}/` });
  expect(admits("/x", 1999)).toBe(false);
});
