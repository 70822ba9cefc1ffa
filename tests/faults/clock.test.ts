import { describe, expect, test } from "bun:test";
import type { Reply } from "../../src/http/exchange.ts";
import { Site } from "../proxy/site.ts";

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const FRESH = { "cache-control": "max-age=60, stale-if-error=60", etag: '"1"' };

/** A page that is stored, and a clock beside it that never steps. */
async function stored(): Promise<{ readonly site: Site; readonly wait: (ms: number) => void }> {
  let steady = 1000;
  const site = new Site({ steady: () => steady });
  await site.fetch({ fields: FRESH });
  return {
    site,
    wait(ms) {
      steady += ms;
      site.now += ms;
    },
  };
}

/** What comes of a request that is to be answered from what is stored. */
async function hit(site: Site): Promise<Reply> {
  const before = site.pending.length;
  const { reply } = await site.ask();
  expect(site.pending).toHaveLength(before);
  return await reply;
}

describe("a clock that jumps while things are stored", () => {
  test("a year forward: what is stored is validated, and fresh again by the new time", async () => {
    const { site } = await stored();
    site.now += YEAR;
    const { reply } = await site.ask();
    expect(site.pending.at(-1)?.headers.get("if-none-match")).toBe('"1"');
    site.pending.at(-1)?.answer(304, FRESH);
    expect((await reply).response.status).toBe(200);
    expect((await hit(site)).cacheStatus).toMatchObject({ type: "hit", ttl: 60 });
  });

  test("a year forward and back at once, as a clock that is corrected does: nothing is lost", async () => {
    const { site } = await stored();
    site.now += YEAR;
    site.now -= YEAR;
    expect((await hit(site)).cacheStatus).toMatchObject({ type: "hit", ttl: 60 });
  });

  test("an hour back: it is as old as it was, and is no longer fresh than it would have been", async () => {
    const { site, wait } = await stored();
    wait(20_000);
    site.now -= HOUR;
    const reply = await hit(site);
    expect([reply.response.headers.get("age"), reply.cacheStatus]).toMatchObject(["20", { ttl: 40 }]);
    wait(41_000);
    const { reply: late } = await site.ask();
    expect(site.pending).toHaveLength(2);
    site.pending[1]?.answer(304, FRESH);
    expect((await late).response.status).toBe(200);
  });

  test("an hour back: what is fetched then is stored, and replaces what seems to be of the future", async () => {
    const { site, wait } = await stored();
    wait(61_000);
    site.now -= HOUR;
    expect(await site.fetch({ fields: FRESH, body: "later" })).toBe("later");
    expect((await hit(site)).cacheStatus).toMatchObject({ type: "hit", ttl: 60 });
    expect(site.errors).toEqual([]);
  });

  test("a year forward with the origin away: what is stored stands in, and says how stale it is", async () => {
    const { site } = await stored();
    site.now += YEAR;
    const { reply } = await site.ask({ "cache-control": "stale-if-error=60" });
    site.pending.at(-1)?.fail({ type: "unreachable", cause: "connection refused" });
    // RFC 9111 §4.2.4: nothing forbids it, and the origin cannot be reached.
    expect((await reply).cacheStatus).toMatchObject({ type: "stale-on-error", ttl: -(YEAR / 1000 - 60) });
  });
});
