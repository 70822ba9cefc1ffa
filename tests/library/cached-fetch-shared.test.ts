import { expect, test } from "bun:test";
import { cachedFetch } from "../../src/index.ts";
import { hashOf, namespaceOfFetch } from "../../src/store/namespace.ts";
import { prefixOf } from "../../src/store/redis/names.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { counted, origin } from "../e2e/origin.ts";
import { until } from "../sharing/until.ts";
import { startRedis } from "../store/redis-server.ts";

const stack = cleanup();

test("programs that have one Redis share what they fetched, and what they changed", async () => {
  const redis = await startRedis(stack);
  const api = origin(stack, counted({ "cache-control": "max-age=60" }));
  const raw = stack.adopt(new Bun.RedisClient(redis.url), (client) => client.close());
  // At the end a turn may still be given back to a connection that is closed by then.
  const make = () => stack.use(cachedFetch(fetch, { store: redis.url, collapse: "shared", onError: () => undefined }));
  const [one, other] = [make(), make()];
  const ask = async (cached: typeof one, init?: RequestInit): Promise<readonly [string | null, string]> => {
    const response = await cached(`${api.url}/a`, init);
    return [response.headers.get("x-cache"), await response.text()];
  };
  const lies = (path: string) => raw.exists(`${prefixOf(namespaceOfFetch("shared"))}v:${hashOf(api.url + path)}`);
  // So that it hears of what the other changes.
  await other.stats();
  // What is asked for in the moment in which Redis is opened may count as from before it.
  let asked = 0;
  await until("Redis takes something", async () => {
    await one(`${api.url}/settled-${asked++}`);
    const held = await Promise.all(Array.from({ length: asked }, (_, i) => lies(`/settled-${i}`)));
    return held.includes(true);
  });
  expect(await ask(one)).toEqual(["MISS", "1"]);
  await until("Redis holds it", () => lies("/a"));
  expect(await ask(other)).toEqual(["HIT", "1"]);
  expect(await ask(other, { method: "DELETE" })).toEqual(["BYPASS", "2"]);
  let last = await ask(one);
  while (last[1] === "1") last = await ask(one);
  expect(last[1]).toBe("3");
});
