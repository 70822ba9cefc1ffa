import { expect, test } from "bun:test";
import { parseStore } from "../../src/config/store.ts";

test.each([
  ["redis://localhost"],
  ["redis://localhost:7000/2"],
  ["rediss://user:p%40ss@cache.example:6380"],
  ["valkey://[::1]:6379/"],
  ["valkeys://:secret@10.0.0.1"],
])("%s is a store in Redis", (url) => {
  expect(parseStore(url, 1)).toEqual({ ok: true, value: { type: "redis", url } });
});

test.each([
  ["redis://", "names no host"],
  ["redis:cache", "names no host"],
  ["redis://localhost/cache", "number of a database"],
  ["redis://localhost/1/2", "number of a database"],
  ["redis://localhost?db=2", "query"],
  ["redis://localhost#2", "fragment"],
  ["reddis://localhost", "is not a store"],
])("%s is none: it %s", (text, why) => {
  expect(parseStore(text, 1)).toMatchObject({ ok: false, message: expect.stringContaining(why) });
});
