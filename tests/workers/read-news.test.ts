import { expect, test } from "bun:test";
import { cacheKey } from "../../src/caching/key.ts";
import type { News } from "../../src/workers/message.ts";
import { readNews } from "../../src/workers/read-news.ts";
import { groupOf } from "../store/stored.ts";

const url = "http://api.test/a?b=1";
const key = cacheKey(new URL(url));

const known: readonly News[] = [
  { type: "invalidate", url },
  { type: "invalidate-group", group: groupOf("g") },
  { type: "delete", url, key },
  { type: "clear" },
  { type: "purge", purge: { what: { type: "key", key }, how: "hard" } },
  { type: "purge", purge: { what: { type: "group", group: groupOf("g") }, how: "soft" } },
  { type: "purge", purge: { what: { type: "prefix", prefix: "http://api.test/" }, how: "hard" } },
  {
    type: "purge",
    purge: { what: { type: "pattern", pattern: "http://api.test/:a/*", prefix: "http://api.test/" }, how: "hard" },
  },
  { type: "purge", purge: { what: { type: "everything" }, how: "soft" } },
  { type: "purge-url", url, how: "soft" },
];

test.each(known.map((news): [string, News] => [JSON.stringify(news), news]))(
  "%s is read as it was told",
  (text, news) => {
    expect(readNews(text)).toEqual(news);
  },
);

test.each([
  "",
  "clear",
  "null",
  "[]",
  '"clear"',
  "{}",
  '{"type":"toString"}',
  '{"type":"later"}',
  '{"type":"invalidate"}',
  '{"type":"invalidate","url":"/a"}',
  '{"type":"invalidate-group","group":1}',
  '{"type":"delete","url":"http://h/"}',
  '{"type":"purge"}',
  '{"type":"purge","purge":{"what":{"type":"everything"},"how":"later"}}',
  '{"type":"purge","purge":{"what":{"type":"later"},"how":"hard"}}',
  '{"type":"purge","purge":{"what":{"type":"key"},"how":"hard"}}',
  '{"type":"purge","purge":{"what":{"type":"pattern","pattern":"http://h/(a+)+","prefix":"http://h/"},"how":"hard"}}',
  '{"type":"purge","purge":{"what":{"type":"pattern","pattern":"http://h/{a","prefix":"http://h/"},"how":"hard"}}',
  '{"type":"purge-url","url":"http://h/"}',
])("%s is nothing that can be acted on", (text) => {
  expect(readNews(text)).toBeUndefined();
});
