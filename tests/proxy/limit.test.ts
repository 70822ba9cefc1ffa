import { expect, test } from "bun:test";
import { made } from "../http/made.ts";
import { Site, settled } from "./site.ts";

/** A site whose origin takes two requests at a time. */
const limited = (): Site => new Site({}, { maxOriginConnections: 2 });

/** Asks for `/x` by another query, so that it is a key of its own. */
async function askFor(site: Site, n: number, init: RequestInit = {}) {
  return (await site.ask({}, init, `/x?n=${n}`)).reply;
}

test("an origin never sees more than it may, and all are answered", async () => {
  const site = limited();
  const asked = Array.from({ length: 300 }, (_, n) => site.ask({}, {}, `/x?n=${n}`));
  await settled();
  let most = 0;
  for (let n = 0; n < 300; n++) {
    most = Math.max(most, site.pending.length - n);
    site.pending[n]?.answer(200, { "content-length": "4" }, "page");
    await settled();
  }
  const replies = await Promise.all(asked.map(async (one) => made((await (await one).reply).response).text()));
  expect([most, replies.length, new Set(replies)]).toEqual([2, 300, new Set(["page"])]);
  expect(site.cache.load()).toEqual({ most: 2, underWay: 0, waiting: 0, delayed: 298, shed: 0 });
});

test("a hit waits for nobody", async () => {
  const site = limited();
  await site.fetch({ fields: { "cache-control": "max-age=60" } });
  for (const n of [1, 2, 3]) site.ask({}, {}, `/x?n=${n}`);
  await settled();
  expect(site.cache.load()).toMatchObject({ underWay: 2, waiting: 1 });
  expect((await (await site.ask()).reply).response.headers.get("x-cache")).toBe("HIT");
});

test("changes wait their turn as well, and who leaves frees his place", async () => {
  const site = limited();
  const clients = [new AbortController(), new AbortController()];
  const left = clients.map(({ signal }, n) => site.ask({}, { signal }, `/x?n=${n}`));
  await settled();
  const post = site.ask({}, { method: "POST", body: "x" });
  await settled();
  expect(site.pending).toHaveLength(2);
  clients[0]?.abort();
  await settled();
  expect(site.pending).toHaveLength(3);
  site.pending[2]?.answer(204);
  expect((await (await post).reply).response.status).toBe(204);
  clients[1]?.abort();
  expect((await Promise.all(left.map(async (one) => (await (await one).reply).response.status))).sort()).toEqual([
    499, 499,
  ]);
  await settled();
  expect(site.cache.load()).toMatchObject({ underWay: 0, waiting: 0 });
});

test("a full line is a 503 that says when to come again, also to those who waited along", async () => {
  const site = limited();
  const asked = Array.from({ length: 1002 }, (_, n) => site.ask({}, {}, `/x?n=${n}`));
  await settled();
  const both = [site.ask({}, {}, "/x?n=same"), site.ask({}, {}, "/x?n=same")];
  for (const one of both) {
    const { response, cacheStatus } = await (await one).reply;
    expect([response.status, response.headers.get("retry-after"), response.headers.get("content-type")]).toEqual([
      ...[503, "1", "application/problem+json"],
    ]);
    expect(response.headers.get("cache-status")).toMatch(
      /^caching-proxy; fwd=uri-miss; (collapsed; )?detail=overloaded$/,
    );
    expect(cacheStatus).toMatchObject({ detail: "overloaded" });
    expect(await made(response).json()).toMatchObject({
      title: "Too much under way",
      cause: expect.stringContaining("as many as may wait do so already"),
    });
  }
  expect(site.cache.load()).toMatchObject({ underWay: 2, waiting: 1000 });
  expect(asked).toHaveLength(1002);
});

test("what is stale stands in where the line is full, and makes room; where that is forbidden it does not", async () => {
  const site = limited();
  for (const [path, fields] of [
    ["/x?stale", "max-age=1"],
    ["/x?never", "max-age=1, must-revalidate"],
  ] as const) {
    const { reply } = await site.ask({}, {}, path);
    site.pending.at(-1)?.answer(200, { "cache-control": fields, etag: '"1"', "content-length": "4" }, "page");
    await made((await reply).response).text();
  }
  site.now += 10_000;
  for (let n = 0; n < 1001; n++) site.ask({}, {}, `/x?n=${n}`);
  await settled();
  // The last in the line, until one comes who cannot do without.
  const spare = await site.ask({}, {}, "/x?stale");
  expect(site.cache.load()).toMatchObject({ waiting: 1000 });
  askFor(site, 2000);
  const { response, cacheStatus } = await spare.reply;
  expect([response.status, response.headers.get("x-cache")]).toEqual([200, "STALE"]);
  expect(cacheStatus).toMatchObject({ type: "stale-on-error", detail: "overloaded" });
  expect((await (await site.ask({}, {}, "/x?never")).reply).response.status).toBe(503);
});

test("time in the line is none of the answer's age", async () => {
  const site = limited();
  for (const n of [1, 2]) site.ask({}, {}, `/x?n=${n}`);
  await settled();
  const waiting = site.ask({}, {}, "/x?n=3");
  await settled();
  site.now += 9000;
  for (const n of [0, 1]) site.pending[n]?.answer(200, { "content-length": "4" }, "page");
  await settled();
  site.pending[2]?.answer(200, { "cache-control": "max-age=60", "content-length": "4" }, "page");
  await made((await (await waiting).reply).response).text();
  expect((await (await site.ask({}, {}, "/x?n=3")).reply).response.headers.get("age")).toBe("0");
});
