import { expect, test } from "bun:test";
import { fingerprintOf, Ghosts } from "../../../src/store/memory/ghosts.ts";

test("what is remembered is recalled once, and nothing else is", () => {
  const ghosts = new Ghosts(1000);
  expect(ghosts.recall(fingerprintOf("/a"), 1000)).toBe(false);
  ghosts.remember(fingerprintOf("/a"));
  expect(ghosts.recall(fingerprintOf("/b"), 1000)).toBe(false);
  expect(ghosts.recall(fingerprintOf("/a"), 1000)).toBe(true);
  expect(ghosts.recall(fingerprintOf("/a"), 1000)).toBe(false);
});

test("only those that went last count", () => {
  const ghosts = new Ghosts(100_000);
  for (const key of "abcde") ghosts.remember(fingerprintOf(key));
  expect([..."edcba"].filter((key) => ghosts.recall(fingerprintOf(key), 3))).toEqual(["e", "d", "c"]);
});

test("the later one takes the place of the one before", () => {
  const ghosts = new Ghosts(1);
  ghosts.remember(fingerprintOf("/a"));
  ghosts.remember(fingerprintOf("/b"));
  expect(ghosts.recall(fingerprintOf("/a"), 10)).toBe(false);
  expect(ghosts.recall(fingerprintOf("/b"), 10)).toBe(true);
});

test("clear forgets all; the table weighs eight bytes a place, whatever it holds", () => {
  const ghosts = new Ghosts(500);
  for (let i = 0; i < 2000; i++) ghosts.remember(fingerprintOf(String(i)));
  expect(ghosts.bytes).toBe(4000);
  ghosts.clear();
  expect(Array.from({ length: 2000 }, (_, i) => ghosts.recall(fingerprintOf(String(i)), 5000))).not.toContain(true);
});
