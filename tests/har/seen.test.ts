import { expect, test } from "bun:test";
import { entriesIn } from "../../src/har/archive.ts";
import { readEntry } from "../../src/har/read-entry.ts";
import { harOf } from "../../src/har/seen.ts";
import { shownExchange } from "../page/exchanges.ts";

test("an archive holds the exchanges in their order, and says what is not known", () => {
  const older = shownExchange({ id: "0-1", at: 0, path: "/a?x=1&x=2%20b", originMs: 11, bytes: 34, why: "uri-miss" });
  const newer = shownExchange({ id: "0-2", at: 1000, outcome: "hit", cacheStatus: "caching-proxy; hit; ttl=5" });
  expect(harOf([newer, older], "1.2.3")).toMatchObject({
    log: {
      version: "1.2",
      creator: { name: "caching-proxy", version: "1.2.3" },
      comment: expect.stringContaining("not recorded"),
      entries: [
        {
          startedDateTime: "1970-01-01T00:00:00.000Z",
          time: 12.5,
          request: {
            method: "GET",
            url: "http://localhost:3000/a?x=1&x=2%20b",
            headers: [],
            queryString: [
              { name: "x", value: "1" },
              { name: "x", value: "2 b" },
            ],
          },
          response: { status: 200, headers: [], bodySize: 34, content: { size: 34 } },
          timings: { send: 0, wait: 12.5, receive: 0, comment: "The origin took 11 ms." },
          comment: expect.stringContaining("MISS (uri-miss)"),
        },
        {
          startedDateTime: "1970-01-01T00:00:01.000Z",
          response: { headers: [{ name: "Cache-Status", value: "caching-proxy; hit; ttl=5" }], bodySize: -1 },
          comment: expect.stringContaining("HIT."),
        },
      ],
    },
  });
});

/** What HAR 1.2 demands of an entry, its request and its response. */
const DEMANDED = {
  entry: ["startedDateTime", "time", "request", "response", "cache", "timings"],
  request: ["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"],
  response: [
    ...["status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize"],
    "bodySize",
  ],
};

test("nothing that the format demands is missing", () => {
  const text = JSON.stringify(harOf([shownExchange()], "1"));
  const har: { log: { entries: [{ request: object; response: object }] } } = JSON.parse(text);
  const [entry] = har.log.entries;
  expect(Object.keys(entry)).toEqual(expect.arrayContaining(DEMANDED.entry));
  expect(Object.keys(entry.request)).toEqual(expect.arrayContaining(DEMANDED.request));
  expect(Object.keys(entry.response)).toEqual(expect.arrayContaining(DEMANDED.response));
});

test("what was only seen passing by is nothing to store, nor a response without content", () => {
  const [read] = entriesIn(JSON.stringify(harOf([shownExchange()], "1"))).map((entry) => readEntry(entry, 1));
  expect(read).toMatchObject({ type: "unreadable", reason: "no-content" });
});
