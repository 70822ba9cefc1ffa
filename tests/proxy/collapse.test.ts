import { describe, expect, test } from "bun:test";
import { formatCacheStatus } from "../../src/http/cache-status.ts";
import type { Reply } from "../../src/http/exchange.ts";
import type { OriginFailure } from "../../src/http/origin.ts";
import type { Fields } from "../caching/build.ts";
import { made } from "../http/made.ts";
import { Site, settled } from "./site.ts";

const UNREACHABLE: OriginFailure = { type: "unreachable", cause: "connection refused" };

/** A site with one stored response, stale by now. */
async function stale(cacheControl: string): Promise<Site> {
  const site = new Site();
  await site.fetch({ fields: { "cache-control": cacheControl, etag: '"v"' } });
  site.now += 100_000;
  return site;
}

/** So many requests for the same, all under way. */
async function crowd(site: Site, size: number, fields: Fields = {}): Promise<Promise<Reply>[]> {
  const replies: Promise<Reply>[] = [];
  for (let i = 0; i < size; i++) replies.push((await site.ask(fields)).reply);
  return replies;
}

function words({ cacheStatus }: Reply): string {
  return cacheStatus === undefined ? "none" : formatCacheStatus(cacheStatus).replace(/; ttl=-?\d+/, "");
}

async function statuses(replies: readonly Promise<Reply>[]): Promise<number[]> {
  return (await Promise.all(replies)).map(({ response }) => response.status);
}

describe("a validation that was in vain is in vain for all who wait for it", () => {
  test("RFC 9111 §4.2.4: what is stored stands in for an origin that cannot be reached", async () => {
    const site = await stale("max-age=60");
    const replies = await crowd(site, 3);
    site.pending.at(-1)?.fail(UNREACHABLE);
    const came = await Promise.all(replies);
    expect(await Promise.all(came.map(({ response }) => made(response).text()))).toEqual(["page", "page", "page"]);
    expect(came.map(words)).toEqual([
      'caching-proxy; fwd=stale; key="/x"; detail=origin-unreachable',
      'caching-proxy; fwd=stale; collapsed; key="/x"; detail=origin-unreachable',
      'caching-proxy; fwd=stale; collapsed; key="/x"; detail=origin-unreachable',
    ]);
    expect(site.pending).toHaveLength(2);
  });

  test("RFC 9111 §5.2.2.2: but not where must-revalidate forbids it", async () => {
    const site = await stale("max-age=60, must-revalidate");
    const replies = await crowd(site, 3);
    site.pending.at(-1)?.fail({ type: "timeout", after: 1000 });
    expect(await statuses(replies)).toEqual([504, 504, 504]);
    expect(site.pending).toHaveLength(2);
  });

  test("RFC 5861 §4: nor is an error asked for again that stale-if-error covers", async () => {
    const site = await stale("max-age=60, stale-if-error=600");
    const replies = await crowd(site, 3);
    site.pending.at(-1)?.answer(503);
    const came = await Promise.all(replies);
    expect(await Promise.all(came.map(({ response }) => made(response).text()))).toEqual(["page", "page", "page"]);
    expect(came.map(words)).toEqual([
      'caching-proxy; fwd=stale; fwd-status=503; key="/x"; detail=stale-if-error',
      'caching-proxy; fwd=stale; fwd-status=503; collapsed; key="/x"; detail=stale-if-error',
      'caching-proxy; fwd=stale; fwd-status=503; collapsed; key="/x"; detail=stale-if-error',
    ]);
    expect(site.pending).toHaveLength(2);
  });

  test("RFC 5861 §4: who does not take a stale response for an error sees the one that the origin has for him", async () => {
    const site = await stale("max-age=60");
    const { reply: willing } = await site.ask({ "cache-control": "stale-if-error=600" });
    const { reply: other } = await site.ask();
    site.pending[1]?.answer(503);
    await settled();
    site.pending[2]?.answer(500);
    expect(await statuses([willing, other])).toEqual([200, 500]);
  });

  test("RFC 9111 §3.3: nor is a part completed again that could not be", async () => {
    const site = new Site();
    const { reply: part } = await site.ask({ range: "bytes=0-3" });
    const fields = {
      "cache-control": "max-age=60",
      etag: '"v"',
      "content-range": "bytes 0-3/8",
      "content-length": "4",
    };
    site.pending[0]?.answer(206, fields, "part");
    await part;
    const replies = await crowd(site, 3);
    expect(site.pending[1]?.headers.get("range")).toBe("bytes=4-");
    site.pending[1]?.fail(UNREACHABLE);
    expect(await statuses(replies)).toEqual([502, 502, 502]);
    expect(site.pending).toHaveLength(2);
  });

  test("a loop is the leader's own", async () => {
    const site = await stale("max-age=60");
    const replies = await crowd(site, 3);
    site.pending[1]?.fail({ type: "loop" });
    await settled();
    expect(site.pending).toHaveLength(4);
    for (const pending of site.pending.slice(2)) pending.answer(304, { etag: '"v"' });
    expect(await statuses(replies)).toEqual([200, 200, 200]);
  });
});

describe("who waits", () => {
  const byA = { "cache-control": "max-age=60", vary: "X-A" };

  test("a leader that leaves is no failure: the flight goes on while anybody waits", async () => {
    const site = new Site();
    const leaving = new AbortController();
    await site.ask({}, { signal: leaving.signal });
    const { reply } = await site.ask();
    leaving.abort();
    await settled();
    site.pending[0]?.answer(200, { "cache-control": "max-age=60" }, "page");
    expect(await made((await reply).response).text()).toBe("page");
    expect(site.pending).toHaveLength(1);
  });

  test("a flight that everyone has left takes nobody on", async () => {
    const site = new Site();
    const leaving = new AbortController();
    const { reply: left } = await site.ask({}, { signal: leaving.signal });
    leaving.abort();
    const { reply } = await site.ask();
    expect(site.pending.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    site.pending[1]?.answer(200, {}, "page");
    expect(await statuses([left, reply])).toEqual([499, 200]);
  });

  test("RFC 9111 §5.2.1.1: not who takes nothing that was asked for before", async () => {
    const site = new Site();
    await crowd(site, 3, { "cache-control": "max-age=0" });
    expect(site.pending).toHaveLength(3);
  });

  test("RFC 9111 §4.1: those who cannot use what came meet, each variant apart, and none waits for another", async () => {
    const site = new Site();
    const leader = (await site.ask({ "x-a": "1" })).reply;
    const two = await crowd(site, 3, { "x-a": "2" });
    const three = await crowd(site, 3, { "x-a": "3" });
    site.pending[0]?.answer(200, byA, "1");
    await settled();
    expect(site.pending.map(({ headers }) => headers.get("x-a"))).toEqual(["1", "2", "3"]);
    // Also one who comes only now; the second is still on its way.
    two.push((await site.ask({ "x-a": "2" })).reply);
    site.pending[2]?.answer(200, byA, "3");
    const texts = async (replies: readonly Promise<Reply>[]): Promise<string[]> =>
      Promise.all((await Promise.all(replies)).map(({ response }) => made(response).text()));
    expect(await texts(three)).toEqual(["3", "3", "3"]);
    site.pending[1]?.answer(200, byA, "2");
    expect(await texts([leader, ...two])).toEqual(["1", "2", "2", "2", "2"]);
    expect(site.pending).toHaveLength(3);
  });

  test("a failure among those who met again is theirs", async () => {
    const site = new Site();
    const leader = (await site.ask({ "x-a": "1" })).reply;
    const others = await crowd(site, 3, { "x-a": "2" });
    site.pending[0]?.answer(200, byA, "1");
    await settled();
    site.pending[1]?.fail(UNREACHABLE);
    expect(await statuses([leader, ...others])).toEqual([200, 502, 502, 502]);
    expect(site.pending).toHaveLength(2);
  });

  test("an answer that is for one who asks alone keeps only those who ask for that variant apart", async () => {
    const site = new Site();
    await site.fetch({ fields: byA }, { "x-a": "0" });
    const one = (await site.ask({ "x-a": "1" })).reply;
    site.pending[1]?.answer(200, { "cache-control": "no-store", vary: "X-A" });
    await one;
    await crowd(site, 3, { "x-a": "1" });
    expect(site.pending).toHaveLength(5);
    await crowd(site, 3, { "x-a": "2" });
    expect(site.pending).toHaveLength(6);
  });

  test("RFC 9110 §8.6: the length of a body that is still arriving is told to those who join", async () => {
    const site = new Site();
    const replies = await crowd(site, 2);
    const body = "a".repeat(100_000);
    site.pending[0]?.answer(200, { "cache-control": "max-age=60", "content-length": "100000" }, body);
    const [leader, follower] = (await Promise.all(replies)).map(({ response }) => made(response));
    expect(follower?.headers.get("content-length")).toBe("100000");
    expect([await leader?.text(), await follower?.text()]).toEqual([body, body]);
  });

  test("an origin that names other fields each time keeps nobody waiting for ever", async () => {
    const site = new Site();
    const fields = (n: number): Fields => Object.fromEntries([..."abcdef"].map((name) => [`x-${name}`, String(n)]));
    const replies: Promise<Reply>[] = [];
    for (let n = 0; n < 8; n++) replies.push((await site.ask(fields(n))).reply);
    for (let n = 0; n < 8; n++) {
      site.pending[n]?.answer(200, { "cache-control": "max-age=60", vary: `X-${"abcdef"[n % 6]}` }, "page");
      await settled();
    }
    expect(await statuses(replies)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(site.pending).toHaveLength(8);
  });
});

describe("what has changed while an answer was on its way", () => {
  const FRESH = { "cache-control": "max-age=60" };

  test.each<[string, (site: Site) => unknown]>([
    ["a change", (site) => site.ask({}, { method: "POST" })],
    ["a clearing", (site) => site.cache.store.clear()],
  ])("RFC 9111 §4.4: after %s newcomers meet anew, and those who had waited with them", async (what, change) => {
    const site = new Site();
    const first = (await site.ask()).reply;
    const waiting = await crowd(site, 2);
    await change(site);
    if (what === "a change") site.pending[1]?.answer(204);
    await settled();
    const before = site.pending.length;
    const later = await crowd(site, 3);
    expect(site.pending).toHaveLength(before + 1);
    site.pending[0]?.answer(200, FRESH, "old");
    await settled();
    expect(site.pending).toHaveLength(before + 1);
    site.pending[before]?.answer(200, FRESH, "new");
    const texts = (await Promise.all([first, ...waiting, ...later])).map(({ response }) => made(response).text());
    expect(await Promise.all(texts)).toEqual(["old", "new", "new", "new", "new", "new"]);
  });

  test("RFC 9111 §4.4: also where nobody came after it", async () => {
    const site = new Site();
    const replies = await crowd(site, 4);
    await site.cache.store.clear();
    site.pending[0]?.answer(200, FRESH, "old");
    await settled();
    expect(site.pending).toHaveLength(2);
    site.pending[1]?.answer(200, FRESH, "new");
    const texts = (await Promise.all(replies)).map(({ response }) => made(response).text());
    expect(await Promise.all(texts)).toEqual(["old", "new", "new", "new"]);
  });
});

describe("an error that one request brings about keeps nobody apart", () => {
  test.each([
    ["is for who asked alone where it finds fault with the request", 400, 1],
    ["is for who asked alone where it finds fault with its fields", 431, 1],
    ["tells that the next ones ask alone, too, where it speaks of the resource", 404, 3],
  ])("RFC 9110 §15.5: it %s: %d", async (_, status, asked) => {
    const site = new Site();
    const { reply } = await site.ask({ "x-odd": "1" });
    site.pending[0]?.answer(status, { "cache-control": "no-store" });
    expect((await reply).response.status).toBe(status);
    const replies = await crowd(site, 3);
    expect(site.pending).toHaveLength(1 + asked);
    for (const pending of site.pending) pending.answer(200, { "cache-control": "max-age=60" }, "page");
    expect(await statuses(replies)).toEqual([200, 200, 200]);
  });
});
