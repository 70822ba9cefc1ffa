import { describe, expect, test } from "bun:test";
import type { Reply } from "../../src/http/exchange.ts";
import type { Fields } from "../caching/build.ts";
import { made } from "../http/made.ts";
import { Site, settled } from "./site.ts";

const TOO_MANY = { "retry-after": "60", "cache-control": "no-store" };
const MINUTE = 60_000;

/** What a client is told: status, X-Cache, and what Cache-Status has for a reason. */
async function told(reply: Promise<Reply>): Promise<string> {
  const response = made((await reply).response);
  const detail = /detail=([^;]+)/.exec(response.headers.get("cache-status") ?? "")?.[1];
  return [response.status, response.headers.get("x-cache"), detail ?? "", await response.text()].join(" ").slice(0, 60);
}

/** Asks, and says what became of it where the origin is not to be asked. */
async function unasked(site: Site, fields: Fields = {}, init: RequestInit = {}): Promise<string> {
  const before = site.pending.length;
  const { reply } = await site.ask(fields, init);
  expect(site.pending).toHaveLength(before);
  return told(reply);
}

/** Asks, has the origin answer, and says what the client got. */
async function answered(site: Site, status: number, fields: Fields, asking: Fields = {}): Promise<string> {
  const before = site.pending.length;
  const { reply } = await site.ask(asking);
  expect(site.pending).toHaveLength(before + 1);
  site.pending[before]?.answer(status, fields, status === 304 ? undefined : "theirs");
  return told(reply);
}

/** A site with a response that has become stale. */
async function withStale(cacheControl: string): Promise<Site> {
  const site = new Site();
  await site.fetch({ fields: { "cache-control": cacheControl, etag: '"1"' } });
  site.now += 2 * MINUTE;
  return site;
}

describe("an origin that has answered 429", () => {
  test("to one for whom nothing is stored: that is passed on, repeated without asking, and over when it says", async () => {
    const site = new Site();
    expect(await answered(site, 429, TOO_MANY)).toBe("429 MISS no-store theirs");
    const { reply } = await site.ask();
    const { headers } = (await reply).response;
    expect(headers.get("retry-after")).toBe("60");
    expect(headers.get("cache-status")).toBe("caching-proxy; fwd=uri-miss; detail=origin-rate-limited");
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(await unasked(site)).toStartWith("429 MISS origin-rate-limited {");
    site.now += MINUTE;
    expect(await answered(site, 200, {})).toContain("theirs");
  });

  test("to a validation: what is stored stands in, then and later, and comes back once it is validated", async () => {
    const site = await withStale("max-age=60");
    expect(await answered(site, 429, TOO_MANY)).toBe("200 STALE origin-rate-limited page");
    expect(await unasked(site)).toBe("200 STALE origin-rate-limited page");
    const { reply } = await site.ask();
    expect((await reply).cacheStatus).toEqual({
      ...{ type: "stale-on-error", fwd: "stale", ttl: -60, key: "/x", detail: "origin-rate-limited" },
    });
    site.now += MINUTE;
    expect(await answered(site, 304, { etag: '"1"' })).toBe("200 REVALIDATED expired page");
    expect(await unasked(site)).toBe("200 HIT  page");
  });

  test("to a validation: Cache-Status tells that it did", async () => {
    const site = await withStale("max-age=60");
    const { reply } = await site.ask();
    site.pending[1]?.answer(429, TOO_MANY);
    expect((await reply).cacheStatus).toMatchObject({ type: "stale-on-error", status: 429 });
  });

  test("without saying for how long: what is stored stands in, and the next one asks again", async () => {
    const site = await withStale("max-age=60");
    expect(await answered(site, 429, {})).toBe("200 STALE origin-rate-limited page");
    expect(await answered(site, 304, { etag: '"1"' })).toBe("200 REVALIDATED expired page");
  });

  test.each(["max-age=60, must-revalidate", "max-age=60, proxy-revalidate", "s-maxage=60", "max-age=60, no-cache"])(
    "RFC 9111 §4.2.4: %s forbids to stand in, but nothing is lost",
    async (cacheControl) => {
      const site = await withStale(cacheControl);
      expect(await answered(site, 429, TOO_MANY)).toStartWith("429 MISS");
      expect(await unasked(site)).toStartWith("429 MISS origin-rate-limited");
      site.now += MINUTE;
      expect(await answered(site, 304, { etag: '"1"' })).toMatch(/^200 REVALIDATED .* page$/);
    },
  );

  test("a client that says no-cache does not get through either, nor what is stored", async () => {
    const site = new Site();
    await site.fetch({ fields: { "cache-control": "max-age=6000", etag: '"1"' } });
    const forced = { "cache-control": "no-cache" };
    expect(await answered(site, 429, TOO_MANY, forced)).toStartWith("429 MISS");
    expect(await unasked(site, forced)).toStartWith("429 MISS origin-rate-limited");
    expect(await unasked(site)).toBe("200 HIT  page");
  });

  test("changes are the origin's to refuse", async () => {
    const site = new Site();
    await answered(site, 429, TOO_MANY);
    await site.ask({}, { method: "POST", body: "x" });
    expect(site.pending).toHaveLength(2);
  });

  test("all who waited for the same are answered without asking", async () => {
    const site = new Site();
    const asked = [await site.ask(), await site.ask(), await site.ask()];
    expect(site.pending).toHaveLength(1);
    site.pending[0]?.answer(429, TOO_MANY, "theirs");
    const replies = await Promise.all(asked.map(({ reply }) => told(reply)));
    expect(site.pending).toHaveLength(1);
    expect(replies.filter((reply) => reply.includes("theirs"))).toHaveLength(1);
    expect(replies.filter((reply) => reply.includes("origin-rate-limited"))).toHaveLength(2);
  });

  test("no validation behind an answer is tried meanwhile", async () => {
    const site = await withStale("max-age=60, stale-while-revalidate=6000");
    const behind = async (): Promise<number> => {
      const { reply } = await site.ask();
      expect(await told(reply)).toBe("200 STALE  page");
      await settled();
      return site.pending.length;
    };
    expect(await behind()).toBe(2);
    site.pending[1]?.answer(429, TOO_MANY);
    await settled();
    for (let n = 0; n < 3; n++) expect(await behind()).toBe(2);
    site.now += MINUTE;
    expect(await behind()).toBe(3);
    expect(site.errors).toEqual([]);
  });
});

describe("an overloaded origin that says when to come again", () => {
  test("what is stored stands in", async () => {
    const site = await withStale("max-age=60");
    expect(await answered(site, 503, TOO_MANY)).toBe("200 STALE origin-overloaded page");
    expect(await unasked(site)).toBe("200 STALE origin-overloaded page");
  });

  test("where that is forbidden, or nothing is, it is a 503 again", async () => {
    const site = await withStale("max-age=60, must-revalidate");
    expect(await answered(site, 503, TOO_MANY)).toStartWith("503 MISS no-store");
    expect(await unasked(site)).toStartWith("503 MISS origin-overloaded");
  });
});

describe("near the limit", () => {
  /** 5 of 100 for an hour: 12 minutes between any two. */
  const LOW = { "ratelimit-limit": "100", "ratelimit-remaining": "5", "ratelimit-reset": "3600" };

  test("what is stored is preferred to a validation, until it is its turn", async () => {
    const site = new Site();
    await site.fetch({ fields: { "cache-control": "max-age=60", etag: '"1"', ...LOW } });
    site.now += 2 * MINUTE;
    expect(await unasked(site)).toBe("200 STALE origin-quota-low page");
    site.now += 11 * MINUTE;
    expect(await answered(site, 304, { etag: '"1"' })).toBe("200 REVALIDATED expired page");
    expect(site.cache.quotas()).toMatchObject({ strictest: { limit: 100, remaining: 4 }, delayed: 0 });
  });

  test("what may not be used stale is validated all the same, if not at once", async () => {
    const site = new Site();
    await site.fetch({ fields: { "cache-control": "max-age=60, must-revalidate", etag: '"1"', ...LOW } });
    site.now += 2 * MINUTE;
    const leaver = new AbortController();
    const { reply } = await site.ask({}, { signal: leaver.signal });
    expect(site.pending).toHaveLength(1);
    expect(site.cache.quotas()).toMatchObject({ delayed: 1 });
    leaver.abort();
    expect((await reply).response.status).toBe(499);
  });
});
