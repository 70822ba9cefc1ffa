import { describe, expect, test } from "bun:test";
import { namespaceOf } from "../../src/store/namespace.ts";
import { prefixOf } from "../../src/store/redis/names.ts";
import { tcpRelay } from "../sharing/tcp-relay.ts";
import { until } from "../sharing/until.ts";
import { startRedis } from "../store/redis-server.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { askByName, outcomeByName, startProxies } from "./proxies.ts";
import { ask, type RunningProxy, startProxy } from "./proxy.ts";

const shared = cleanup();
const redis = await startRedis(shared);
const client = new Bun.RedisClient(redis.url);
shared.defer(() => client.close());
const FRESH = { "cache-control": "max-age=600" };

/** What a proxy tells of the others that share its store. */
async function others(proxy: RunningProxy) {
  const { otherProxies } = JSON.parse(await (await ask(proxy, "/__admin/stats")).text());
  return otherProxies;
}

/** Asks until the answer is another one than a hit on the first. */
async function untilRenewed(proxy: RunningProxy, path: string): Promise<void> {
  await until(`${path} is asked for anew`, async () => (await outcomeByName(proxy, path))[1] !== "1");
}

function purge(proxy: RunningProxy, what: object): Promise<Response> {
  return ask(proxy, "/__admin/purge", { method: "POST", body: JSON.stringify(what) });
}

/** Asks over a connection of its own, which any worker may get. */
async function bodyByNewConnection(proxy: RunningProxy, path: string): Promise<string> {
  return (await askByName(proxy, path, { keepalive: false })).text();
}

/** A response that two proxies have in their memories, of an origin that counts how often it is asked. */
async function bothHave(path: string, flags = "") {
  const stub = origin(shared, counted(FRESH));
  const [a, b] = await startProxies(shared, { count: 2, origin: stub.url, redis, flags });
  if (a === undefined || b === undefined) throw new Error("two");
  expect(await outcomeByName(a, path)).toEqual(["MISS", "1"]);
  // It is written behind the answer, but before who asks next looks for it here.
  await until("it is in Redis", async () => (await redisHas(stub.url)) > 0);
  expect(await outcomeByName(b, path)).toEqual(["HIT", "1"]);
  return { a, b };
}

/** How many variants lie in Redis for an origin. */
async function redisHas(url: string): Promise<number> {
  const keys = await client.send("KEYS", [`${prefixOf(namespaceOf(new URL(url)))}v:*`]);
  return Array.isArray(keys) ? keys.length : 0;
}

describe("what one proxy lets go of, those that share its Redis let go of", () => {
  test.each<[string, (a: RunningProxy) => Promise<unknown>]>([
    ["invalidated by an unsafe request (RFC 9111 §4.4)", (a) => ask(a, "/a", { method: "DELETE" })],
    ["purged by its URL", (a) => ask(a, "/a", { method: "PURGE" })],
    ["purged by a prefix", (a) => purge(a, { prefix: "/" })],
    ["marked stale", (a) => purge(a, { prefix: "/", soft: true })],
    ["cleared", (a) => ask(a, "/__admin/clear-cache", { method: "POST" })],
  ])("what is %s", async (_, letGo) => {
    const { a, b } = await bothHave("/a");
    await letGo(a);
    await untilRenewed(b, "/a");
    expect(await others(b)).toMatchObject({ connected: true, ignored: 0, forgotten: 0 });
  });

  test("each of their workers too", async () => {
    const { a, b } = await bothHave("/a", "--workers 2");
    // Each has it.
    for (let i = 0; i < 16; i++) expect(await bodyByNewConnection(b, "/a")).toBe("1");
    await ask(a, "/a", { method: "DELETE" });
    await untilRenewed(b, "/a");
    await Bun.sleep(50);
    for (let i = 0; i < 16; i++) expect(await bodyByNewConnection(b, "/a")).not.toBe("1");
  });
});

test("draft-ietf-httpbis-no-vary-search §7: equivalents by a rule that another proxy alone knows", async () => {
  const stub = origin(shared, counted({ ...FRESH, "no-vary-search": 'params=("utm")' }));
  const [a, b] = await startProxies(shared, { count: 2, origin: stub.url, redis });
  if (a === undefined || b === undefined) throw new Error("two");
  // What lay in Redis by a rule that was not known is let go of once it is, and the first responses with it.
  let asked = 0;
  const path = (utm: string): string => `/a?id=${asked}&utm=${utm}`;
  await until("a response by the rule is in Redis", async () => {
    asked++;
    await outcomeByName(b, path("x"));
    for (let i = 0; i < 20 && (await redisHas(stub.url)) === 0; i++) await Bun.sleep(5);
    return (await redisHas(stub.url)) > 0;
  });
  const [hit, before] = await outcomeByName(b, path("y"));
  expect(hit).toBe("HIT");
  await askByName(a, path("z"), { method: "DELETE" });
  await until("it is asked for anew", async () => (await outcomeByName(b, path("x")))[1] !== before);
});

test.concurrent("who was cut off lets go of what was purged meanwhile once it is back, and of nothing else", async () => {
  const stub = origin(shared, counted(FRESH));
  const relay = tcpRelay(shared, redis.port);
  const a = await startProxy(shared, stub.url, `--log off --store ${redis.url}`);
  const b = await startProxy(shared, stub.url, `--log off --store redis://127.0.0.1:${relay.port}`);
  for (const path of ["/purged", "/kept"]) expect(await outcomeByName(b, path)).toEqual(["MISS", "1"]);
  relay.cut();
  await until("it is cut off", async () => !(await others(b)).connected);
  await ask(a, "/purged", { method: "DELETE" });
  // It cannot know.
  expect(await outcomeByName(b, "/purged")).toEqual(["HIT", "1"]);
  relay.mend();
  await untilRenewed(b, "/purged");
  expect(await outcomeByName(b, "/kept")).toEqual(["HIT", "1"]);
  expect(await others(b)).toMatchObject({ connected: true, missed: 1, forgotten: 0 });
});

test.concurrent("who was cut off tells the others, once it is back, what it let go of, and Redis has it no more by then", async () => {
  const stub = origin(shared, counted(FRESH));
  const relay = tcpRelay(shared, redis.port);
  const a = await startProxy(shared, stub.url, `--log off --store redis://127.0.0.1:${relay.port}`);
  const b = await startProxy(shared, stub.url, `--log off --store ${redis.url}`);
  expect(await outcomeByName(b, "/a")).toEqual(["MISS", "1"]);
  relay.cut();
  await until("it is cut off", async () => !(await others(a)).connected);
  const deleted = await ask(a, "/a", { method: "DELETE" });
  expect(deleted.status).toBe(200);
  expect(await outcomeByName(b, "/a")).toEqual(["HIT", "1"]);
  relay.mend();
  await untilRenewed(b, "/a");
});

test("what one proxy refreshes the others find in Redis", async () => {
  const { a, b } = await bothHave("/a");
  const response = await ask(a, "/__admin/refresh", { method: "POST", body: JSON.stringify({ url: "/a" }) });
  expect([response.status, await response.json()]).toMatchObject([200, { outcome: "miss", complete: true }]);
  await until("the other one has it", async () => (await outcomeByName(b, "/a"))[1] !== "1");
  expect(await outcomeByName(b, "/a")).toEqual(["HIT", "2"]);
});
