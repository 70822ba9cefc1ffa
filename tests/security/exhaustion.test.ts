import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { decodedContent } from "../../src/fixtures/content-coding.ts";
import { uncoded } from "../../src/har/coding.ts";
import { secretNames } from "../../src/http/secret-names.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "../e2e/proxy.ts";
import { connect, exchange, hasHead, statusOf } from "../e2e/raw.ts";
import { expectUnharmed, type Heard, type KeptOrigin, keptOrigin, settle } from "./victim.ts";

/** Who wants us to run out of something. What is slow to read is in e2e/back-pressure.test.ts, memory under a flood in `bun run bench:memory flood`. */
const shared = cleanup();
const MAX_SIZE = 1024 * 1024;
let origin: KeptOrigin;
let proxy: RunningProxy;
let small: RunningProxy;
let answer: (heard: Heard) => string = () => "";

beforeAll(async () => {
  origin = await keptOrigin(shared, (heard) => (heard.target.startsWith("/attack") ? answer(heard) : undefined));
  [proxy, small] = await Promise.all([
    startProxy(shared, origin.url),
    startProxy(shared, origin.url, "--max-size 1mb --log off"),
  ]);
  await settle(proxy);
});

afterEach(() => expectUnharmed(proxy, origin));

const response = (fields: string, body: string) =>
  `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;

async function storeOf(of: RunningProxy): Promise<{ entries: number; bytes: number; evictions: number }> {
  return JSON.parse(await (await ask(of, "/__admin/stats")).text()).cache;
}

/** Asks for many paths, some at a time. */
async function flood(of: RunningProxy, count: number, init: (i: number) => [string, RequestInit]): Promise<void> {
  for (let from = 0; from < count; from += 50) {
    const some = Array.from({ length: 50 }, (_, i) => init(from + i));
    await Promise.all(some.map(async ([path, one]) => (await ask(of, path, one)).bytes()));
  }
}

describe("memory", () => {
  test("many keys: no more is kept than there is room for", async () => {
    answer = () => response("", "x".repeat(1000));
    await flood(small, 2000, (i) => [`/attack/${i}/${crypto.randomUUID()}`, {}]);
    const { bytes, entries, evictions } = await storeOf(small);
    expect(bytes).toBeLessThanOrEqual(MAX_SIZE);
    expect(entries + evictions).toBeGreaterThanOrEqual(2000);
    expect(await outcome(small, "/after")).toEqual(["MISS", "/after"]);
  });

  test("a field with values without end: one URL keeps a bounded number of variants, and no other URL goes", async () => {
    answer = () => response("Vary: X-Any\r\n", "hello");
    const { entries } = await storeOf(proxy);
    await flood(proxy, 400, (i) => ["/attack/vary", { headers: { "x-any": `${i}` } }]);
    expect((await storeOf(proxy)).entries - entries).toBe(128);
  });

  test("Vary with a thousand names", async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `X-${i}`).join(", ");
    answer = () => response(`Vary: ${names}\r\n`, "hello");
    expect(await outcome(proxy, "/attack/names")).toEqual(["MISS", "hello"]);
    expect((await outcome(proxy, "/attack/names", { headers: { "x-999": "a" } }))[0]).toBe("MISS");
    expect((await outcome(proxy, "/attack/names"))[0]).toBe("HIT");
  });

  test.each([
    ["more tags than anybody needs", `Cache-Tag: ${Array.from({ length: 1001 }, (_, i) => i).join(",")}\r\n`],
    ["a tag without end", `Surrogate-Key: ${"a".repeat(1025)}\r\n`],
    [
      "tags in many fields",
      "xkey: a b c d e\r\nxkey: f g h i j\r\n".replace(/\w(?= |\r)/g, (letter) =>
        Array.from({ length: 120 }, (_, i) => letter + i).join(" "),
      ),
    ],
  ])("%s: passed on, not stored", async (_, field) => {
    answer = () => response(field, "hello");
    const path = `/attack/${crypto.randomUUID()}`;
    for (let i = 0; i < 2; i++) expect(await outcome(proxy, path)).toEqual(["MISS", "hello"]);
  });

  test("ranges that overlap give no more than there is", async () => {
    const body = "x".repeat(100_000);
    answer = () => response("", body);
    await outcome(proxy, "/attack/ranges");
    const sets = [
      Array.from({ length: 64 }, () => "0-"),
      Array.from({ length: 64 }, (_, i) => `${i}-`),
      Array.from({ length: 5000 }, () => "0-"),
    ];
    for (const ranges of sets) {
      const got = await ask(proxy, "/attack/ranges", { headers: { range: `bytes=${ranges.join(",")}` } });
      expect([200, 206]).toContain(got.status);
      expect((await got.bytes()).length).toBeLessThanOrEqual(body.length);
    }
  });
});

describe("headers", () => {
  test.each([
    ["many fields", "X-A: b\r\n".repeat(10_000)],
    ["many of different names", Array.from({ length: 5000 }, (_, i) => `X-${i}: b\r\n`).join("")],
    ["a long one", `X-A: ${"b".repeat(100_000)}\r\n`],
    ["a long name", `X-${"a".repeat(100_000)}: b\r\n`],
  ])("of a request, %s: refused, and nobody asks the origin", async (_, fields) => {
    const before = origin.heard.length;
    const got = await exchange(
      proxy.port,
      `GET /attack/flood HTTP/1.1\r\nHost: localhost\r\n${fields}Connection: close\r\n\r\n`,
    );
    expect([400, 431, Number.NaN]).toContain(statusOf(got));
    expect(origin.heard.length).toBe(before);
  });

  test("a URL without end: refused or passed on whole", async () => {
    for (const length of [8000, 100_000]) {
      const target = `/long?${"a".repeat(length)}`;
      const got = await exchange(proxy.port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      if (statusOf(got) === 200) expect(got).toEndWith(target);
      else expect([400, 414, 431, Number.NaN]).toContain(statusOf(got));
    }
  });

  test.each([
    ["many fields", "X-A: b\r\n".repeat(20_000)],
    ["a long one", `X-A: ${"b".repeat(2_000_000)}\r\n`],
    ["Set-Cookie without end", "Set-Cookie: a=b\r\n".repeat(10_000)],
  ])("of a response, %s: an answer, or that there is none", async (_, fields) => {
    answer = () => response(fields, "hello");
    expect([200, 502]).toContain((await ask(proxy, `/attack/${crypto.randomUUID()}`)).status);
  });
});

test("requests that come a byte at a time hold up nobody", async () => {
  const slow = await Promise.all(Array.from({ length: 300 }, () => connect(shared, proxy.port)));
  for (const [i, client] of slow.entries()) {
    client.write(
      i % 2 === 0
        ? "GET /slow HTTP/1.1\r\nHost: loc"
        : "POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1",
    );
  }
  await expectUnharmed(proxy, origin);
  for (const [i, client] of slow.entries()) client.write(i % 2 === 0 ? "alhost\r\n\r\n" : "23456789");
  for (const client of slow) {
    expect(statusOf(await client.until(hasHead))).toBe(200);
    client.end();
  }
});

describe("work", () => {
  const bomb = (size: number, times = 1): Uint8Array<ArrayBuffer> => {
    let bytes = new Uint8Array(size);
    for (let i = 0; i < times; i++) bytes = new Uint8Array(gzipSync(bytes));
    return bytes;
  };

  test("what unpacks to more than is wanted is not unpacked, in archives and in fixtures", async () => {
    const most = 1024 * 1024;
    for (const bytes of [bomb(most + 1), bomb(64 * most)]) {
      expect(decodedContent(bytes, "gzip", most)).toBeUndefined();
      expect(await uncoded(["gzip"], bytes, most)).toBeUndefined();
    }
    expect(decodedContent(bomb(64 * most, 2), "gzip, gzip", most)).toBeUndefined();
    expect(await uncoded(["gzip", "gzip"], bomb(64 * most, 2), most)).toBeUndefined();
    expect(decodedContent(bomb(10, 4), "gzip, gzip, gzip, gzip", most)).toBeUndefined();
    expect(await uncoded(["gzip", "gzip", "gzip", "gzip"], bomb(10, 4), most)).toBeUndefined();
    expect(decodedContent(bomb(10, 3), "gzip, gzip, gzip", most)).toEqual(new Uint8Array(10));
  });

  const STARS = `*${"a*".repeat(20)}b`;
  const LONG = "a".repeat(20_000);

  test("a pattern of many stars is no regular expression: in purges, filters and names of secrets", async () => {
    answer = () => response("", "hello");
    await outcome(proxy, `/attack/${"a".repeat(4000)}`);
    const purge = (pattern: string) =>
      ask(proxy, "/__admin/purge", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ pattern }),
      });
    expect(await (await purge(`/attack/${STARS}`)).json()).toMatchObject({ purged: 0 });
    expect((await purge("/attack/(a+)+b")).status).toBe(400);
    expect((await purge(`/${"*a".repeat(2000)}`)).status).toBe(400);
    expect(secretNames([STARS])(`${LONG}c`)).toBe("plain");
    expect(secretNames(["*a*b*c*"])("a".repeat(9000) + "b".repeat(9000))).toBe("plain");
    expect(secretNames(["*a*b"])("xaxb")).toBe("secret");
    const watched = await ask(proxy, `/__admin/events?filter=${encodeURIComponent(`path~${STARS}`)}`);
    expect(watched.status).toBe(200);
    await watched.body?.cancel();
  });
});

test("a response that says how large it is, and lies, takes no room", async () => {
  answer = () => "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 9000000000000000\r\n\r\nhello";
  const client = await connect(shared, proxy.port);
  client.write("GET /attack/lie HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await client.until((text) => text.includes("hello"));
  client.reset();
  const status = cacheStatus(await ask(proxy, "/clean"));
  expect(status).toContain("hit");
  expect(xCache(await ask(proxy, "/clean"))).toBe("HIT");
});
