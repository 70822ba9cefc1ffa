import { describe, expect, test } from "bun:test";
import { formatCacheStatus } from "../../src/http/cache-status.ts";
import type { Reply } from "../../src/http/exchange.ts";
import type { Fields } from "../caching/build.ts";
import { made } from "../http/made.ts";
import { Site, settled } from "./site.ts";

const FRESH = { "cache-control": "max-age=60", vary: "Accept-Charset" };

/** A site that has "one" for Accept-Charset: 1 and "two" for Accept-Charset: 2. */
async function withVariants(): Promise<Site> {
  const site = new Site();
  await site.fetch({ fields: { ...FRESH, etag: '"one"', "x-note": "old" }, body: "one" }, { "accept-charset": "1" });
  await site.fetch({ fields: { ...FRESH, etag: '"two"' }, body: "two" }, { "accept-charset": "2" });
  return site;
}

function words({ cacheStatus }: Reply): string {
  return cacheStatus === undefined ? "none" : formatCacheStatus(cacheStatus);
}

async function hit(site: Site, fields: Fields): Promise<[string, string]> {
  const reply = await (await site.ask(fields)).reply;
  return [words(reply), await made(reply.response).text()];
}

describe("RFC 9111 §4.1: a request that selects none of the stored variants", () => {
  test("is sent on with their entity tags, and a 304 makes the one it names the variant of this request, too", async () => {
    const site = await withVariants();
    site.now += 30_000;
    const { reply } = await site.ask({ "accept-charset": "3" });
    expect(site.pending[2]?.headers.get("if-none-match")).toBe('"two", "one"');
    site.pending[2]?.answer(304, { ...FRESH, etag: '"one"', "x-note": "new" });
    const came = await reply;
    expect([came.response.status, await made(came.response).text()]).toEqual([200, "one"]);
    expect(words(came)).toBe(
      'caching-proxy; fwd=vary-miss; fwd-status=304; stored; ttl=60; key="/x"; detail=accept-charset',
    );
    expect(came.response.headers.get("x-note")).toBe("new");
    // Each has its own time and fields from now on: of the one that was there before, the 304 says nothing.
    expect(await hit(site, { "accept-charset": "3" })).toEqual(['caching-proxy; hit; ttl=60; key="/x"', "one"]);
    expect(await hit(site, { "accept-charset": "1" })).toEqual(['caching-proxy; hit; ttl=30; key="/x"', "one"]);
    expect(await hit(site, { "accept-charset": "2" })).toEqual(['caching-proxy; hit; ttl=30; key="/x"', "two"]);
    expect((await (await site.ask({ "accept-charset": "1" })).reply).response.headers.get("x-note")).toBe("old");
    expect(site.pending).toHaveLength(3);
  });

  test("is answered by all that comes but a 304", async () => {
    const site = await withVariants();
    expect(await site.fetch({ fields: { ...FRESH, etag: '"three"' }, body: "three" }, { "accept-charset": "3" })).toBe(
      "three",
    );
    expect(await hit(site, { "accept-charset": "3" })).toEqual(['caching-proxy; hit; ttl=60; key="/x"', "three"]);
  });

  test.each<[string, Fields]>([
    ["no tag", {}],
    ["a tag of none of them", { etag: '"four"' }],
    ["a weak tag", { etag: 'W/"one"' }],
  ])("RFC 9111 §4.3.4: is sent on again without conditions after a 304 with %s", async (_, fields) => {
    const site = await withVariants();
    const { reply } = await site.ask({ "accept-charset": "3" });
    site.pending[2]?.answer(304, fields);
    await settled();
    expect(site.pending[3]?.headers.has("if-none-match")).toBe(false);
    site.pending[3]?.answer(200, FRESH, "three");
    const came = await reply;
    expect([came.response.status, await made(came.response).text()]).toEqual([200, "three"]);
  });

  test("is answered though a 304 forbids to store, which gives nothing up that is stored for others", async () => {
    const site = await withVariants();
    const { reply } = await site.ask({ "accept-charset": "3" });
    site.pending[2]?.answer(304, { etag: '"one"', "cache-control": "no-store" });
    const came = await reply;
    expect([words(came), await made(came.response).text()]).toEqual([
      'caching-proxy; fwd=vary-miss; fwd-status=304; key="/x"; detail=no-store',
      "one",
    ]);
    expect(await hit(site, { "accept-charset": "1" })).toEqual(['caching-proxy; hit; ttl=60; key="/x"', "one"]);
    const { reply: next } = await site.ask({ "accept-charset": "3" });
    expect(site.pending).toHaveLength(4);
    site.pending[3]?.answer(200, FRESH, "three");
    await next;
  });

  test("shares the 304 with all who ask for the same at the same time", async () => {
    const site = await withVariants();
    const replies = [
      (await site.ask({ "accept-charset": "3" })).reply,
      (await site.ask({ "accept-charset": "3" })).reply,
    ];
    site.pending[2]?.answer(304, { etag: '"two"' });
    const texts = (await Promise.all(replies)).map(({ response }) => made(response).text());
    expect(await Promise.all(texts)).toEqual(["two", "two"]);
    expect(site.pending).toHaveLength(3);
  });

  test("RFC 9111 §4.4: does not bring back what was invalidated meanwhile", async () => {
    const site = await withVariants();
    const { reply } = await site.ask({ "accept-charset": "3" });
    await site.cache.store.clear();
    site.pending[2]?.answer(304, { etag: '"one"' });
    expect(await made((await reply).response).text()).toBe("one");
    expect(await site.cache.store.stats()).toMatchObject({ entries: 0 });
  });

  test("RFC 9110 §15.4.5: for a page of another site is sent on again where the 304 does not say that it may read it", async () => {
    const site = new Site();
    const fields = { "cache-control": "max-age=60", vary: "Origin", etag: '"a"' };
    const allowed = (origin: string): Fields => ({ ...fields, "access-control-allow-origin": origin });
    await site.fetch({ fields: allowed("http://a"), body: "page" }, { origin: "http://a" });
    const { reply: b } = await site.ask({ origin: "http://b" });
    site.pending[1]?.answer(304, fields);
    await settled();
    expect(site.pending[2]?.headers.has("if-none-match")).toBe(false);
    site.pending[2]?.answer(200, allowed("http://b"), "page");
    expect((await b).response.headers.get("access-control-allow-origin")).toBe("http://b");
    const { reply: c } = await site.ask({ origin: "http://c" });
    site.pending[3]?.answer(304, allowed("http://c"));
    expect((await c).response.headers.get("access-control-allow-origin")).toBe("http://c");
    expect(await made((await c).response).text()).toBe("page");
  });

  test("keeps its own conditions", async () => {
    const site = await withVariants();
    const { reply } = await site.ask({ "accept-charset": "3", "if-none-match": '"mine"' });
    expect(site.pending[2]?.headers.get("if-none-match")).toBe('"mine"');
    site.pending[2]?.answer(304, { etag: '"mine"' });
    expect((await reply).response.status).toBe(304);
  });

  test("RFC 9211 §2.2: where nothing is stored, no conditions are made up", async () => {
    const site = new Site();
    await site.ask();
    expect(site.pending[0]?.headers.has("if-none-match")).toBe(false);
  });
});
