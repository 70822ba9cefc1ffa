import { expect, test } from "bun:test";
import { Ghosts } from "../../../src/store/memory/ghosts.ts";

test("what is remembered is recalled once, and nothing else is", () => {
  const ghosts = new Ghosts(1000);
  expect(ghosts.recall("/a", 1000)).toBe(false);
  ghosts.remember("/a");
  expect(ghosts.recall("/b", 1000)).toBe(false);
  expect(ghosts.recall("/a", 1000)).toBe(true);
  expect(ghosts.recall("/a", 1000)).toBe(false);
});

test("only those that went last count", () => {
  const ghosts = new Ghosts(100_000);
  for (const key of "abcde") ghosts.remember(key);
  expect([..."edcba"].filter((key) => ghosts.recall(key, 3))).toEqual(["e", "d", "c"]);
});

test("the later one takes the place of the one before", () => {
  const ghosts = new Ghosts(1);
  ghosts.remember("/a");
  ghosts.remember("/b");
  expect(ghosts.recall("/a", 10)).toBe(false);
  expect(ghosts.recall("/b", 10)).toBe(true);
});

test("clear forgets all; the table weighs eight bytes a place, whatever it holds", () => {
  const ghosts = new Ghosts(500);
  for (let i = 0; i < 2000; i++) ghosts.remember(String(i));
  expect(ghosts.bytes).toBe(4000);
  ghosts.clear();
  expect(Array.from({ length: 2000 }, (_, i) => ghosts.recall(String(i), 5000))).not.toContain(true);
});
