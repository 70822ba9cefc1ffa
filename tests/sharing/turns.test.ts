import { describe, expect, test } from "bun:test";
import { Link } from "../../src/sharing/link.ts";
import { RedisTurns } from "../../src/sharing/turns.ts";
import type { Turn } from "../../src/store/turns.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { type RedisServer, startRedis } from "../store/redis-server.ts";
import { until } from "./until.ts";

const shared = cleanup();
const redis = await startRedis(shared);
const NEVER = new AbortController().signal;
const PATIENCE = 4000;

/** Several proxies that take turns, each over a connection of its own. */
function proxies(count: number, { lease, server = redis }: { lease?: number; server?: RedisServer } = {}) {
  const prefix = `test:${crypto.randomUUID()}:`;
  return Array.from({ length: count }, () => {
    const dial = () => new Bun.RedisClient(server.url, { autoReconnect: false, connectionTimeout: 500 });
    const link = new Link(dial, 500);
    shared.defer(() => link.drop());
    const errors: unknown[] = [];
    const tier = { isAway: false };
    const turns = new RedisTurns({
      ...{
        link,
        prefix,
        isAway: () => tier.isAway,
        steady: () => performance.now(),
        report: (error: unknown) => errors.push(error),
      },
      ...(lease === undefined ? {} : { lease }),
    });
    const take = (name = "x") => turns.take(name, PATIENCE, NEVER);
    /** The same by who is known to wait from then on; in an object, since a promise alone would be waited for. */
    const wait = async (name = "x") => {
      const turn = take(name);
      await link.send("PING", [], PATIENCE);
      return { turn };
    };
    return { turns, prefix, link, errors, tier, take, wait };
  });
}

function listOf(reply: unknown): readonly string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

/** @throws Error where it is not one's turn */
function mine(turn: Turn): Extract<Turn, { type: "mine" }> {
  if (turn.type !== "mine") throw new Error(`not mine: ${JSON.stringify(turn)}`);
  return turn;
}

function pair(options: Parameters<typeof proxies>[1] = {}) {
  const [a, b] = proxies(2, options);
  if (a === undefined || b === undefined) throw new Error("two");
  return { a, b };
}

describe("a turn", () => {
  test("is one proxy's at a time, and of another thing another's", async () => {
    const { a, b } = pair();
    const first = mine(await a.take());
    expect(first.lookFirst).toBe(false);
    mine(await b.take("y"));
    const waiting = await b.wait();
    await first.end("done");
    expect(await waiting.turn).toEqual({ type: "passed", done: true });
    expect(mine(await b.take()).lookFirst).toBe(true);
  });

  test.each([
    ["done", { type: "passed", done: true }],
    ["again", { type: "passed", done: false }],
    ["own", { type: "nobodys", own: true }],
    ["failed", { type: "nobodys", own: false }],
  ] as const)("that ended as %s is over for all who wait for it, at once", async (outcome, expected) => {
    const [a, ...others] = proxies(4);
    if (a === undefined) throw new Error("four");
    const { end } = mine(await a.take());
    const waiting = await Promise.all(others.map((each) => each.wait()));
    await end(outcome);
    expect(await Promise.all(waiting.map(({ turn }) => turn))).toEqual(others.map(() => expected));
  });

  test("is left to who has it by who waits for nobody", async () => {
    const { a, b } = pair();
    const { end } = mine(await a.turns.tryTake("x"));
    expect(await b.turns.tryTake("x")).toEqual({ type: "taken" });
    await end("again");
    mine(await b.turns.tryTake("x"));
  });

  test("that ended has no second end", async () => {
    const { a, b } = pair();
    const first = mine(await a.take());
    await first.end("again");
    const second = mine(await b.take());
    await first.end("own");
    await second.end("again");
    mine(await a.take());
  });

  test("that was for nothing since answers are for who asks alone is remembered", async () => {
    const { a, b } = pair();
    await mine(await a.take()).end("own");
    expect(await b.take()).toEqual({ type: "nobodys", own: true });
  });

  test("that failed is nobody's any more, and another one's next", async () => {
    const { a, b } = pair();
    await mine(await a.take()).end("failed");
    expect(mine(await b.take()).lookFirst).toBe(false);
  });

  test("lasts as long as its holder renews it, and not much longer", async () => {
    const { a, b } = pair({ lease: 300 });
    const { end } = mine(await a.take());
    const left = async (): Promise<number> => {
      const [key] = listOf(await b.link.send("KEYS", [`${b.prefix}turn:*`], PATIENCE));
      return Number(await b.link.send("PTTL", [key ?? ""], PATIENCE));
    };
    let least = await left();
    await until("it is renewed", async () => {
      const now = await left();
      const isRenewed = now > least;
      least = Math.min(least, now);
      return isRenewed;
    });
    const waiting = b.take();
    // Its process is gone: the lease is all that is left of it.
    a.link.send = () => Promise.reject(new Error("killed"));
    expect(await waiting).toEqual({ type: "passed", done: false });
    await end("done");
    mine(await b.take());
  });

  test("is nobody's where what others bring could not be read", async () => {
    const { a, b } = pair();
    mine(await a.take());
    b.tier.isAway = true;
    expect(await b.take()).toEqual({ type: "nobodys", own: false });
  });

  test("is waited for no longer than one is patient, or there", async () => {
    const { a, b } = pair();
    mine(await a.take());
    expect(await b.turns.take("x", 20, NEVER)).toEqual({ type: "nobodys", own: false });
    const leaving = new AbortController();
    const waiting = b.turns.take("x", PATIENCE, leaving.signal);
    leaving.abort();
    expect(await waiting).toEqual({ type: "nobodys", own: false });
  });
});

test("a Redis that does not answer makes everybody ask for himself, and is not asked again for a while", async () => {
  const server = await startRedis(shared);
  const { a, b } = pair({ server });
  await mine(await a.take("y")).end("again");
  const held = mine(await a.take());
  const waiting = await b.wait();
  server.pause();
  expect(await waiting.turn).toEqual({ type: "nobodys", own: false });
  expect(await b.take("z")).toEqual({ type: "nobodys", own: false });
  expect(b.errors).toHaveLength(1);
  await held.end("done");
  expect(a.errors).toHaveLength(1);
});
