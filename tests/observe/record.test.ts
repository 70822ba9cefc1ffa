import { describe, expect, test } from "bun:test";
import type { CacheStatus } from "../../src/http/cache-status.ts";
import { observing } from "../../src/observe/observing.ts";
import { type ExchangeRecord, type Outcome, recordOf } from "../../src/observe/record.ts";
import { HIT, incoming } from "./records.ts";

const forward = { type: "forward", fwd: "uri-miss", status: 200, stored: true, key: "/" } as const;

describe("the outcome says in one word what Cache-Status says", () => {
  test.each<[CacheStatus | undefined, Outcome]>([
    [HIT, "hit"],
    [{ ...HIT, ttl: 0 }, "hit"],
    [{ ...HIT, ttl: -1 }, "stale"],
    [{ ...HIT, ttl: -5, detail: "origin-unreachable" }, "stale"],
    [forward, "miss"],
    [{ ...forward, stored: false, detail: "no-store" }, "miss"],
    [{ ...forward, fwd: "vary-miss" }, "miss"],
    [{ ...forward, fwd: "miss" }, "miss"],
    [{ ...forward, fwd: "request" }, "miss"],
    [{ ...forward, fwd: "partial", status: 206 }, "miss"],
    [{ ...forward, fwd: "stale" }, "miss"],
    [{ ...forward, fwd: "stale", status: 304 }, "revalidated"],
    [{ ...forward, fwd: "request", status: 304 }, "revalidated"],
    // The client's own validator, its own 304.
    [{ ...forward, status: 304, stored: false }, "miss"],
    // An error of the origin is the origin's answer.
    [{ ...forward, status: 503, stored: false }, "miss"],
    [{ ...forward, fwd: "bypass", stored: false }, "bypass"],
    [{ ...forward, fwd: "method", stored: false }, "bypass"],
    [{ type: "forward", fwd: "uri-miss", stored: false, detail: "origin-unreachable" }, "error"],
    [{ type: "forward", fwd: "method", stored: false, detail: "origin-timeout" }, "error"],
    [{ type: "none", detail: "only-if-cached" }, "error"],
    [{ type: "none", detail: "fault-status" }, "error"],
    // A rule's own answer is what was wanted.
    [{ type: "none", detail: "rule" }, "bypass"],
    [{ type: "none", detail: "cors-preflight" }, "bypass"],
    [undefined, "bypass"],
  ])("%j is %s", (cacheStatus, outcome) => {
    const reply = { response: new Response(), ...(cacheStatus === undefined ? {} : { cacheStatus }) };
    expect(recordOf(incoming("/"), reply, 0, 1).outcome).toBe(outcome);
  });
});

test("everything of the exchange is in the record", () => {
  const response = new Response("hello", { status: 203, headers: { "content-length": "5" } });
  const asked = incoming("/a/%2e?x=%0a&x=1", { method: "PUT" });
  expect(recordOf(asked, { response, cacheStatus: forward, originMs: 7 }, 1000, 9)).toEqual({
    at: 1000,
    method: "PUT",
    url: asked.url,
    comesAgain: undefined,
    headers: asked.headers,
    client: asked.client,
    status: 203,
    outcome: "miss",
    cacheStatus: forward,
    durationMs: 9,
    originMs: 7,
    bytes: 5,
  });
});

describe("bytes", () => {
  const bytesOf = (response: Response, init: RequestInit = {}): number | undefined =>
    recordOf(incoming("/", init), { response, cacheStatus: HIT }, 0, 0).bytes;
  const length = { headers: { "content-length": "5" } };

  test("of a body whose length is announced", () => {
    expect(bytesOf(new Response(new Blob(["hello"]), length))).toBe(5);
    expect(bytesOf(new Response(new ReadableStream(), length))).toBe(5);
  });

  test("of a stream without one nothing is known", () => {
    expect(bytesOf(new Response(new ReadableStream()))).toBeUndefined();
  });

  test("of HEAD, 304 and 204 there are none, whatever Content-Length says (RFC 9110 §8.6)", () => {
    expect(bytesOf(new Response(null, length), { method: "HEAD" })).toBe(0);
    expect(bytesOf(new Response(null, { ...length, status: 304 }))).toBe(0);
    expect(bytesOf(new Response(null, { status: 204 }))).toBe(0);
  });
});

describe("observing", () => {
  test("gives every sink one record, and the reply on unchanged", async () => {
    const [first, second]: [ExchangeRecord[], ExchangeRecord[]] = [[], []];
    const reply = { response: new Response("x"), cacheStatus: HIT, originMs: 3 };
    const layer = observing([(record) => first.push(record), (record) => second.push(record)], () => 42);
    const handled = await layer(async () => reply)(incoming("/p?q"));
    expect(handled).toBe(reply);
    expect(first).toEqual(second);
    expect(first).toHaveLength(1);
    expect(first[0]).toMatchObject({ at: 42, outcome: "hit", originMs: 3 });
    expect(first[0]?.url.search).toBe("?q");
    expect(first[0]?.durationMs).toBeGreaterThanOrEqual(0);
  });

  test("a handler's failure passes unrecorded", async () => {
    const seen: ExchangeRecord[] = [];
    const layer = observing([(record) => seen.push(record)], () => 0);
    const failure = new Error("bug");
    expect(layer(() => Promise.reject(failure))(incoming("/"))).rejects.toBe(failure);
    expect(seen).toEqual([]);
  });
});
