import { describe, expect, test } from "bun:test";
import { judged } from "../../../src/store/redis/handshake.ts";
import { openRedis, shownRedis } from "../../../src/store/redis/open.ts";
import { TierUnusable } from "../../../src/store/tier.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { freePort, startRedis } from "../redis-server.ts";
import { stored } from "../stored.ts";

const stack = cleanup();
const SECRET = "p@ss:w%rd/é";

/** Opens it and says what a person is told: by an error or by lines. */
async function outcome(url: string): Promise<string> {
  const told: string[] = [];
  try {
    const { store, report } = await openRedis(url, {
      clock: () => ({ wall: Date.now(), steady: performance.now() }),
      policy: { defaultTtl: 0, maxEntrySize: Number.POSITIVE_INFINITY },
      namespace: "n",
      report: (error) => told.push(error instanceof Error ? `${error.message} (${error.cause})` : String(error)),
    });
    await using tier = store;
    // As of after the opening, however exactly that can be told.
    await tier.putAll([{ ...stored(), sentAt: performance.now() + 1000 }]);
    return (await report()).entries === 1 ? "works" : `waits: ${told}`;
  } catch (error) {
    if (!(error instanceof TierUnusable)) throw error;
    return `refused: ${error.message}`;
  }
}

describe("Redis with users and passwords", async () => {
  const flags = ["--requirepass", SECRET, "--user", "bob", "on", ">b%20b", "~*", "&*", "+@all"];
  const { port } = await startRedis(stack, { flags });
  const at = (userinfo: string, path = ""): string => `redis://${userinfo}127.0.0.1:${port}${path}`;
  const secret = encodeURIComponent(SECRET);

  test.each([[at(`:${secret}@`)], [at(`default:${secret}@`)], [at(`:${secret}@`, "/3")], [at("bob:b%2520b@")]])(
    "%s is let in",
    async (url) => {
      expect(await outcome(url)).toBe("works");
    },
  );

  test.each([
    [at(""), "NOAUTH"],
    [at(":wrong@"), "WRONGPASS"],
    [at(`alice:${secret}@`), "WRONGPASS"],
    [at(`:${secret}@`, "/99"), "DB index is out of range"],
  ])("%s is refused with what Redis says, and without the password", async (url, why) => {
    const text = await outcome(url);
    expect(text).toStartWith(`refused: Redis at redis://127.0.0.1:${port}`);
    expect(text).toContain(why);
    expect(text).not.toContain(secret);
    expect(text).not.toContain(SECRET);
  });
});

test("a replica, which cannot be written to, is refused with what it says", async () => {
  const main = await startRedis(stack);
  const replica = await startRedis(stack, { flags: ["--replicaof", "127.0.0.1", `${main.port}`] });
  expect(await outcome(replica.url)).toMatch(/^refused: .* READONLY/);
});

test("a user who may not run scripts is refused with what Redis says", async () => {
  const { port } = await startRedis(stack, { flags: ["--user", "eve", "on", ">e", "~*", "+@all", "-@scripting"] });
  expect(await outcome(`redis://eve:e@127.0.0.1:${port}`)).toMatch(/^refused: .* NOPERM/);
});

describe("what is no Redis", () => {
  test("is refused where it answers", async () => {
    await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("x") });
    expect(await outcome(`redis://127.0.0.1:${server.port}`)).toContain("what answers there is no Redis");
  });

  test.each([[`redis://127.0.0.1:${freePort()}`], ["redis://nobody.invalid"]])(
    "%s is waited for where nobody does",
    async (url) => {
      expect(await outcome(url)).toStartWith(`waits: Redis at ${url} cannot be reached`);
    },
  );
});

test.each<[string, "unusable" | "unreachable" | undefined]>([
  ["+OK\r\n+OK\r\n%7\r\n$6\r\nserver\r\n", "unreachable"],
  ["+OK\r\n", undefined],
  ["+OK\r\n-WRONGPASS inv", undefined],
  ["+OK\r\n-WRONGPASS invalid\r\n", "unusable"],
  ["-LOADING Redis is loading the dataset in memory\r\n", "unreachable"],
  ["-DENIED Redis is running in protected mode\r\n", "unusable"],
  ["-ERR unknown command `HELLO`, with args beginning with: `3`\r\n", "unusable"],
  ["HTTP/1.1 400 Bad Request\r\n", "unusable"],
  ["SSH-2.0-x", "unusable"],
  ["", undefined],
])("%j means that it is %p", (said, type) => {
  expect(judged(said)?.type).toBe(type);
});

test("a URL is shown without user and password", () => {
  expect(shownRedis("rediss://me:secret@host:1/2")).toBe("rediss://host:1/2");
  expect(shownRedis("redis://:secret@[::1]/")).toBe("redis://[::1]");
});
