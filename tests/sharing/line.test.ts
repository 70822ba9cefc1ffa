import { describe, expect, test } from "bun:test";
import { Line } from "../../src/sharing/line.ts";
import { Link } from "../../src/sharing/link.ts";
import { ANNOUNCE, KEPT, newsKeys } from "../../src/sharing/scripts.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { startRedis } from "../store/redis-server.ts";
import { tcpRelay } from "./tcp-relay.ts";
import { until } from "./until.ts";

const shared = cleanup();
const redis = await startRedis(shared);
let lines = 0;

/** The end of one process on a line, and all that it was told to do. */
async function end({ prefix, port }: { readonly prefix: string; readonly port: number }) {
  const dial = () => new Bun.RedisClient(`redis://127.0.0.1:${port}`, { autoReconnect: false, connectionTimeout: 500 });
  const did: string[] = [];
  const tier = { isAway: false };
  const errors: unknown[] = [];
  const line = new Line({
    ...{ dial, prefix, everything: "everything", every: 20 },
    link: new Link(dial, 500),
    sender: `process-${++lines}`,
    isAway: () => tier.isAway,
    report: (error) => errors.push(error),
  });
  shared.use(line);
  await line.attend({
    hear: async (text) => void did.push(text),
    forget: async () => void did.push("forget"),
  });
  // What lies in the memory when it starts is nothing.
  did.length = 0;
  return { line, did, errors, tier };
}

/** Keys that no other test uses. */
function fresh(): string {
  return `test:${crypto.randomUUID()}:`;
}

/** A client for what a test does to Redis itself. */
async function hands(url = redis.url): Promise<Bun.RedisClient> {
  const client = new Bun.RedisClient(url);
  shared.defer(() => client.close());
  await client.connect();
  return client;
}

describe("what one announces", () => {
  test("all others hear, in its order, and not who announced it", async () => {
    const at = { prefix: fresh(), port: redis.port };
    const [a, b, c] = [await end(at), await end(at), await end(at)];
    const done = ["one", "two", "three é\n"].map((text) => a.line.announce(text, 1000));
    expect(await Promise.all(done)).toEqual([true, true, true]);
    await b.line.announce("four", 1000);
    await until("all was heard", () => b.did.length === 3 && c.did.length === 4 && a.did.length === 1);
    expect(b.did).toEqual(["one", "two", "three é\n"]);
    expect(c.did).toEqual([...b.did, "four"]);
    expect(a.did).toEqual(["four"]);
    expect(a.line.counts).toEqual({ connected: true, heard: 1, missed: 0, ignored: 0, forgotten: 0 });
  });

  test("nobody hears who is of another namespace", async () => {
    const [a, b] = [await end({ prefix: fresh(), port: redis.port }), await end({ prefix: fresh(), port: redis.port })];
    await a.line.announce("one", 1000);
    await b.line.announce("two", 1000);
    expect([...a.did, ...b.did]).toEqual([]);
  });

  test("is heard once it is known to have been missed, also where Redis lost the message on its way", async () => {
    const prefix = fresh();
    const [a, b] = [await end({ prefix, port: redis.port }), await end({ prefix, port: redis.port })];
    await a.line.announce("one", 1000);
    const { state, log } = newsKeys(prefix);
    // Published to nobody.
    await (await hands()).send("EVAL", [ANNOUNCE, "2", state, log, "nowhere", "epoch", "somebody", "two"]);
    await until("both have caught up", () => b.did.length === 2 && a.did.length === 1);
    expect([a.did, b.did]).toEqual([["two"], ["one", "two"]]);
    expect(b.line.counts.missed).toBe(1);
  });
});

test("a subscription that has died silently is made anew", async () => {
  const prefix = fresh();
  const relay = tcpRelay(shared, redis.port);
  const [a, b] = [await end({ prefix, port: redis.port }), await end({ prefix, port: relay.port })];
  relay.mute();
  const connected: boolean[] = [];
  for (let i = 0; i < 200 && !connected.includes(false); i++) {
    await a.line.announce(String(i), 1000);
    await until("it is heard by the look whether anything was missed", () => b.did.length === i + 1);
    connected.push(b.line.counts.connected);
  }
  await until("it is connected anew", () => b.errors.length === 1 && b.line.counts.connected);
  expect(String(b.errors[0])).toContain("out of reach");
  await until("something comes by the new one", async () => {
    const { missed } = b.line.counts;
    const before = b.did.length;
    await a.line.announce("after", 1000);
    await until("that is heard", () => b.did.length > before);
    return b.line.counts.missed === missed;
  });
});

test("nothing is announced as long as Redis may still hold what was let go of", async () => {
  const at = { prefix: fresh(), port: redis.port };
  const [a, b] = [await end(at), await end(at)];
  b.tier.isAway = true;
  expect(await b.line.announce("one", 50)).toBe(false);
  expect(a.did).toEqual([]);
  b.tier.isAway = false;
  await until("it is heard", () => a.did.length === 1);
});

test("messages that are no announcements are ignored and counted", async () => {
  const prefix = fresh();
  const a = await end({ prefix, port: redis.port });
  const { channel } = newsKeys(prefix);
  const client = await hands();
  for (const junk of ["", "junk", "epoch -1 sender text", "epoch 1", "{}"]) await client.publish(channel, junk);
  // Of an epoch that there is not, and a number that is not reached.
  await client.publish(channel, "epoch 99 sender text");
  await until("it was counted", () => a.line.counts.ignored === 5);
  expect(a.did).toEqual([]);
});

describe("who was cut off", () => {
  test("makes up for what was announced meanwhile", async () => {
    const prefix = fresh();
    const relay = tcpRelay(shared, redis.port);
    const [a, b] = [await end({ prefix, port: redis.port }), await end({ prefix, port: relay.port })];
    await a.line.announce("before", 1000);
    await until("that was heard", () => b.did.length === 1);
    relay.cut();
    await until("it is cut off", () => !b.line.counts.connected);
    for (const text of ["one", "two"]) await a.line.announce(text, 1000);
    expect(b.did).toEqual(["before"]);
    expect(b.errors.map(String)).toEqual([expect.stringContaining("Redis is out of reach")]);
    relay.mend();
    await until("it has caught up", () => b.did.length >= 3);
    expect(b.did).toEqual(["before", "one", "two"]);
    await a.line.announce("after", 1000);
    await until("it goes on", () => b.did.length === 4);
    expect(b.line.counts).toEqual({ connected: true, heard: 4, missed: 2, ignored: 0, forgotten: 0 });
  });

  test("lets go of everything where that was more than Redis keeps", async () => {
    const prefix = fresh();
    const relay = tcpRelay(shared, redis.port);
    const b = await end({ prefix, port: relay.port });
    relay.cut();
    await until("it is cut off", () => !b.line.counts.connected);
    const { state, log, channel } = newsKeys(prefix);
    const client = await hands();
    const announced = Array.from({ length: KEPT + 1 }, (_, i) =>
      client.send("EVAL", [ANNOUNCE, "2", state, log, channel, "epoch", "somebody", String(i)]),
    );
    await Promise.all(announced);
    relay.mend();
    await until("it has caught up", () => b.did.length > 0);
    expect(b.did).toEqual(["forget"]);
    expect(await client.llen(log)).toBe(KEPT);
  });

  test("announces, once it is back, what it could not announce", async () => {
    const prefix = fresh();
    const relay = tcpRelay(shared, redis.port);
    const [a, b] = [await end({ prefix, port: redis.port }), await end({ prefix, port: relay.port })];
    relay.cut();
    await until("it is cut off", () => !b.line.counts.connected);
    expect(await Promise.all(["one", "one", "two"].map((text) => b.line.announce(text, 1000)))).toEqual([
      false,
      false,
      false,
    ]);
    relay.mend();
    await until("the other one has heard", () => a.did.length === 2);
    expect(a.did).toEqual(["one", "two"]);
    expect(b.did).toEqual([]);
  });

  test("announces everything in place of more than can wait", async () => {
    const prefix = fresh();
    const relay = tcpRelay(shared, redis.port);
    const [a, b] = [await end({ prefix, port: redis.port }), await end({ prefix, port: relay.port })];
    relay.cut();
    await until("it is cut off", () => !b.line.counts.connected);
    for (let i = 0; i < 1001; i++) await b.line.announce(String(i), 1000);
    relay.mend();
    await until("the other one has heard", () => a.did.length === 2);
    expect(a.did).toEqual(["everything", "1000"]);
  });
});

describe("a Redis that starts anew", () => {
  test("and knows nothing any more lets all let go of everything, and hear what comes", async () => {
    const own = await startRedis(shared);
    const at = { prefix: fresh(), port: own.port };
    const [a, b] = [await end(at), await end(at)];
    for (const text of ["one", "two", "three"]) await a.line.announce(text, 1000);
    await until("that was heard", () => b.did.length === 3);
    await own.kill();
    await until("both are cut off", () => !a.line.counts.connected && !b.line.counts.connected);
    await startRedis(shared, { port: own.port });
    await until("both are back", () => a.line.counts.connected && b.line.counts.connected);
    expect([a.did.at(-1), b.did.at(-1)]).toEqual(["forget", "forget"]);
    await a.line.announce("four", 1000);
    await until("it goes on", () => b.did.length === 5);
    expect(b.did).toEqual(["one", "two", "three", "forget", "four"]);
  });

  test("and one that was emptied as well", async () => {
    const own = await startRedis(shared);
    const at = { prefix: fresh(), port: own.port };
    const [a, b] = [await end(at), await end(at)];
    for (const text of ["one", "two"]) await a.line.announce(text, 1000);
    await until("that was heard", () => b.did.length === 2);
    await (await hands(own.url)).send("FLUSHALL", []);
    // As many as before.
    for (const text of ["three", "four"]) await a.line.announce(text, 1000);
    await until("it has noticed", () => b.did.length > 2);
    expect(b.did[2]).toBe("forget");
  });

  test("one that hangs keeps nobody waiting longer than he is patient", async () => {
    const own = await startRedis(shared);
    const at = { prefix: fresh(), port: own.port };
    const [a, b] = [await end(at), await end(at)];
    own.pause();
    expect(await a.line.announce("one", 20)).toBe(false);
    await until("it is cut off", () => !a.line.counts.connected);
    own.resume();
    await until("that is heard", () => b.did.includes("one"));
  });
});
