import { expect, test } from "bun:test";
import { TooSlow, within } from "../../../src/store/redis/within.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { startRedis } from "../redis-server.ts";

const stack = cleanup();

test("what comes in time is given, what fails fails, and what does not come is too slow", async () => {
  expect(await within(1000, Promise.resolve(1))).toBe(1);
  expect(within(1000, Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(within(1, new Promise<never>(() => undefined))).rejects.toBeInstanceOf(TooSlow);
});

test("an answer that came while this process was held up is no late one", async () => {
  const redis = await startRedis(stack);
  const client = new Bun.RedisClient(redis.url);
  await client.set("a", "b");
  for (let i = 0; i < 5; i++) {
    const answer = within(5, client.get("a"));
    queueMicrotask(() => queueMicrotask(() => Bun.sleepSync(20)));
    expect(await answer).toBe("b");
  }
  client.close();
});
