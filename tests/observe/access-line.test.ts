import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { jsonLine, prettyLine } from "../../src/observe/access-line.ts";
import { recordOf } from "../../src/observe/record.ts";
import { HIT, incoming, record } from "./records.ts";

describe("for a program", () => {
  test("a hit", () => {
    expect(jsonLine(record())).toBe(
      `${JSON.stringify({
        time: "2026-01-02T03:04:05.678Z",
        method: "GET",
        path: "/users?page=2",
        client: "127.0.0.1",
        status: 200,
        outcome: "hit",
        durationMs: 1.235,
        bytes: 4096,
        cacheStatus: 'caching-proxy; hit; ttl=30; key="/users?page=2"',
      })}\n`,
    );
  });

  test("a miss has the origin's time and the reason", () => {
    const cacheStatus = { type: "forward", fwd: "uri-miss", status: 200, stored: false, detail: "no-store" } as const;
    const line = JSON.parse(jsonLine(record({ outcome: "miss", cacheStatus, originMs: 12.00049, bytes: undefined })));
    expect(line).toMatchObject({
      outcome: "miss",
      originMs: 12,
      cacheStatus: "caching-proxy; fwd=uri-miss; fwd-status=200; detail=no-store",
    });
    expect(line).not.toHaveProperty("bytes");
  });
});

describe("for a person", () => {
  const time = new Date(record().at).toTimeString().slice(0, 8);

  test("a hit", () => {
    expect(prettyLine(record(), "plain")).toBe(`${time} GET 200 HIT /users?page=2 1.2ms 4.1kB\n`);
  });

  test("in colour", () => {
    expect(prettyLine(record(), "colour")).toBe(`${time} GET 200 \x1b[32mHIT\x1b[0m /users?page=2 1.2ms 4.1kB\n`);
  });

  test.each([
    ["uri-miss", undefined, " (uri-miss)"],
    ["vary-miss", "no-store", " (vary-miss, no-store)"],
    ["method", undefined, ""],
    ["bypass", "upgrade", " (bypass, upgrade)"],
  ] as const)("fwd=%s and detail=%s", (fwd, detail, shown) => {
    const why = detail === undefined ? {} : { detail };
    const cacheStatus = { type: "forward", fwd, status: 200, stored: false, ...why } as const;
    const line = prettyLine(record({ outcome: "miss", cacheStatus, bytes: undefined }), "plain");
    expect(line).toBe(`${time} GET 200 MISS /users?page=2 1.2ms${shown}\n`);
  });

  test.each([
    [9.96, 999, "10.0ms 999B"],
    [10.4, 1000, "10ms 1.0kB"],
    [1234.5, 2_500_000, "1235ms 2.5MB"],
    [0, 0, "0.0ms 0B"],
  ])("%d ms and %d bytes", (durationMs, bytes, shown) => {
    expect(prettyLine(record({ durationMs, bytes }), "plain")).toEndWith(` ${shown}\n`);
  });

  test("an answer without a Cache-Status", () => {
    const line = prettyLine(record({ outcome: "error", status: 500, cacheStatus: undefined, bytes: 5 }), "plain");
    expect(line).toBe(`${time} GET 500 ERROR /users?page=2 1.2ms 5B\n`);
  });
});

describe("no path can forge a line or steer a terminal", () => {
  const nasty = fc.array(
    fc.oneof(fc.constantFrom("\n", "\r", "\x1b[31m", "\0", "\x7f", "\x9b", "\u2028", "\u202e", '"', " "), fc.string()),
  );
  const printable = /^[\x20-\x7e]*\n$/;

  test("raw", () => {
    fc.assert(
      fc.property(nasty, nasty, (path, query) => {
        const asked = incoming(`http://localhost/${path.join("")}?${query.join("")}`);
        const cacheStatus = { ...HIT, key: asked.url.pathname + asked.url.search };
        const of = recordOf(asked, { response: new Response(), cacheStatus }, 0, 1);
        expect(prettyLine(of, "plain")).toMatch(printable);
        expect(jsonLine(of)).toMatch(printable);
        expect(JSON.parse(jsonLine(of)).path).toBe(asked.url.pathname + asked.url.search);
      }),
    );
  });

  test("percent-encoded, which stays encoded", () => {
    const of = recordOf(incoming("/%0aGET%1b[2J?%0d%0a"), { response: new Response() }, 0, 1);
    expect(JSON.parse(jsonLine(of)).path).toBe("/%0aGET%1b[2J?%0d%0a");
    expect(prettyLine(of, "plain")).toMatch(printable);
  });
});
