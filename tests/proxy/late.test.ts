import { describe, expect, test } from "bun:test";
import { formatCacheStatus } from "../../src/http/cache-status.ts";
import { made } from "../http/made.ts";
import { Site, settled } from "./site.ts";

const FIELDS = { "cache-control": "max-age=10, stale-while-revalidate=1000" };

/** A site with a stale "v1", which was served and is being validated behind that. */
async function validating(): Promise<Site> {
  const site = new Site();
  await site.fetch({ fields: { ...FIELDS, etag: '"v1"' }, body: "v1" });
  site.now += 20_000;
  expect(await site.fetch({ fields: {} })).toBe("v1");
  expect(site.pending).toHaveLength(2);
  return site;
}

describe("RFC 9111 §4.3.4: what was asked for earlier does not replace what was asked for later", () => {
  test.each([
    [304, 0],
    [200, 0],
    [304, 5000],
    [200, 5000],
    [404, 0],
  ])("a validation behind a stale answer: its %d, %d ms later", async (status, later) => {
    const site = await validating();
    const { reply } = await site.ask({ "cache-control": "no-cache" });
    site.pending[2]?.answer(200, { ...FIELDS, etag: '"v2"' }, "v2");
    expect(await made((await reply).response).text()).toBe("v2");
    site.now += later;
    site.pending[1]?.answer(status, { ...FIELDS, etag: '"v1"' }, status === 304 ? undefined : "v1");
    await settled();
    const { response, cacheStatus } = await (await site.ask()).reply;
    expect(cacheStatus && formatCacheStatus(cacheStatus)).toBe(
      `caching-proxy; hit; ttl=${10 - later / 1000}; key="/x"`,
    );
    expect(await made(response).text()).toBe("v2");
    expect(site.pending).toHaveLength(3);
  });

  test.each([
    ["is not stored where both are of one Date", 0, "later"],
    ["is stored where it is the more recent by Date", 5000, "earlier"],
  ])("RFC 9111 §4: what was asked for before and came after %s", async (_, later, kept) => {
    const site = new Site();
    const [earlier, after] = [
      await site.ask({ "cache-control": "no-cache" }),
      await site.ask({ "cache-control": "no-cache" }),
    ];
    site.pending[1]?.answer(200, FIELDS, "later");
    expect(await made((await after.reply).response).text()).toBe("later");
    site.now += later;
    site.pending[0]?.answer(200, FIELDS, "earlier");
    expect(await made((await earlier.reply).response).text()).toBe("earlier");
    expect(await made((await (await site.ask()).reply).response).text()).toBe(kept);
    expect(site.pending).toHaveLength(2);
  });
});
