import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { counted, origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;

/** Those whose lifetime nobody stated, which is said. */
const GUESSED = new Set(["/modified", "/silent"]);
const HOUR_AGO = new Date(Date.now() - 3_600_000).toUTCString();
const TOMORROW = new Date(Date.now() + 86_400_000).toUTCString();

beforeAll(async () => {
  stub = origin(shared, {
    "/fresh": counted({ "cache-control": "max-age=60" }),
    "/aged": counted({ "cache-control": "max-age=60", age: "50" }),
    "/s-maxage": counted({ "cache-control": "max-age=0, s-maxage=60" }),
    "/expires": counted({ expires: TOMORROW }),
    "/expired": counted({ expires: "0" }),
    "/modified": counted({ "last-modified": HOUR_AGO }),
    "/silent": counted({}),
    "/no-store": counted({ "cache-control": "no-store" }),
    "/private": counted({ "cache-control": "private, max-age=60" }),
    "/shared": counted({ "cache-control": "public, max-age=60" }),
    "/cookie": counted({ "set-cookie": "id=1" }),
    "/swr": counted({ "cache-control": "max-age=0, stale-while-revalidate=60" }),
    "/language": (request, count) =>
      new Response(`${request.headers.get("accept-language")} ${count}`, {
        headers: { vary: "Accept-Language", "cache-control": "max-age=60" },
      }),
    "/vary-star": counted({ vary: "*", "cache-control": "max-age=60" }),
    "/missing": (_, count) => new Response(String(count), { status: 404 }),
  });
  proxy = await startProxy(shared, stub.url);
});

describe("freshness", () => {
  test.each(["/fresh", "/s-maxage", "/expires", "/modified", "/silent"])(
    "%s: MISS, then HIT without a word to the origin",
    async (path) => {
      expect(await outcome(proxy, path)).toEqual(["MISS", "1"]);
      const asked = stub.seen.length;
      const hit = await ask(proxy, path);
      expect([xCache(hit), await hit.text()]).toEqual(["HIT", "1"]);
      expect(hit.headers.get("age")).toMatch(/^\d+$/);
      expect(cacheStatus(hit)).toMatch(
        new RegExp(`^caching-proxy; hit; ttl=\\d+; key="${path}"${GUESSED.has(path) ? "; detail=heuristic" : ""}$`),
      );
      expect(stub.seen).toHaveLength(asked);
    },
  );

  test.each([
    ["/expired", "no-lifetime-and-no-validator"],
    ["/no-store", "no-store"],
    ["/private", "private"],
    ["/cookie", "personal"],
    ["/vary-star", "vary-star"],
    ["/missing", "status-not-cacheable|no-lifetime-and-no-validator"],
  ])("%s: MISS each time, and why", async (path, detail) => {
    for (const count of ["1", "2"]) {
      const response = await ask(proxy, path);
      expect([xCache(response), await response.text()]).toEqual(["MISS", count]);
      expect(cacheStatus(response)).toMatch(new RegExp(`detail=(${detail})$`));
      expect(cacheStatus(response)).not.toContain("; stored");
    }
  });

  test("Age goes on from the origin's", async () => {
    await outcome(proxy, "/aged");
    const hit = await ask(proxy, "/aged");
    expect(Number(hit.headers.get("age"))).toBeGreaterThanOrEqual(50);
    expect(cacheStatus(hit)).toMatch(/; hit; ttl=(10|\d);/);
  });

  test("--ttl 0: what states no lifetime is never fresh", async () => {
    const strict = await startProxy(shared, stub.url, "--ttl 0");
    await outcome(strict, "/silent?strict");
    expect((await outcome(strict, "/silent?strict"))[0]).toBe("MISS");
    await outcome(strict, "/fresh?strict");
    expect((await outcome(strict, "/fresh?strict"))[0]).toBe("HIT");
  });

  test("stale-while-revalidate: STALE at once, the new one behind it", async () => {
    await outcome(proxy, "/swr");
    const stale = await ask(proxy, "/swr");
    expect([xCache(stale), await stale.text()]).toEqual(["STALE", "1"]);
    expect(cacheStatus(stale)).toMatch(/; hit; ttl=-\d;/);
    // How often it is asked for until then is nobody's promise.
    let body = "1";
    while (body === "1") [, body] = await outcome(proxy, "/swr");
    expect(body).toBe("2");
  });
});

describe("the key", () => {
  test("has its query sorted by name: one entry, and the origin sees the client's order", async () => {
    const first = await ask(proxy, "/fresh?b=2&a=1&b=1");
    const body = await first.text();
    expect(stub.seen.at(-1)?.path).toBe("/fresh?b=2&a=1&b=1");
    expect(cacheStatus(first)).toContain('key="/fresh?a=1&b=2&b=1"');
    expect(await outcome(proxy, "/fresh?a=1&b=2&b=1")).toEqual(["HIT", body]);
    expect(await outcome(proxy, "/fresh?b=2&b=1&a=1")).toEqual(["HIT", body]);
    expect((await outcome(proxy, "/fresh?b=1&a=1&b=2"))[0]).toBe("MISS");
  });

  test.each([
    ["/fresh?case", "/fresh?Case"],
    ["/fresh?x=%41", "/fresh?x=A"],
    ["/fresh?x=a+b", "/fresh?x=a%20b"],
    ["/fresh?y", "/fresh?y="],
  ])("%s is not %s", async (one, other) => {
    expect((await outcome(proxy, one))[0]).toBe("MISS");
    expect((await outcome(proxy, other))[0]).toBe("MISS");
  });

  test("Vary keeps variants apart, and side by side", async () => {
    const inLanguage = (language: string) => outcome(proxy, "/language", { headers: { "accept-language": language } });
    expect(await inLanguage("de")).toEqual(["MISS", "de 1"]);
    expect(await inLanguage("fr")).toEqual(["MISS", "fr 2"]);
    expect(await inLanguage("de")).toEqual(["HIT", "de 1"]);
    expect(await inLanguage("fr")).toEqual(["HIT", "fr 2"]);
    const third = await ask(proxy, "/language", { headers: { "accept-language": "it" } });
    expect(cacheStatus(third)).toContain("fwd=vary-miss");
  });
});

describe("Authorization and cookies", () => {
  const authorization = { headers: { authorization: "Bearer alice" } };

  test("an answer to one who authorised is nobody else's unless it says public", async () => {
    expect((await outcome(proxy, "/fresh?auth", authorization))[0]).toBe("MISS");
    expect((await outcome(proxy, "/fresh?auth", { headers: { authorization: "Bearer bob" } }))[0]).toBe("MISS");
    expect((await outcome(proxy, "/fresh?auth"))[0]).toBe("MISS");
    const [, body] = await outcome(proxy, "/shared", authorization);
    expect(await outcome(proxy, "/shared")).toEqual(["HIT", body]);
  });

  test.each([authorization, { headers: { cookie: "id=alice" } }])("no guessed lifetime with %j", async (init) => {
    const path = `/silent?${JSON.stringify(init).length}`;
    for (let i = 0; i < 2; i++) expect((await outcome(proxy, path, init))[0]).toBe("MISS");
    expect((await outcome(proxy, path))[0]).toBe("MISS");
    // Nor is what others got by such a guess given to them.
    expect((await outcome(proxy, path, init))[0]).toBe("MISS");
  });
});

describe("the request's Cache-Control", () => {
  const saying = (value: string) => ({ headers: { "cache-control": value } });

  test.each([
    ["no-cache", "MISS"],
    ["max-age=0", "MISS"],
    ["max-age=50", "HIT"],
    ["min-fresh=30", "HIT"],
    ["min-fresh=90", "MISS"],
    ["only-if-cached", "HIT"],
    ["no-store", "HIT"],
  ])("%s on what is stored and fresh: %s", async (directive, expected) => {
    const path = `/fresh?stored-${encodeURIComponent(directive)}`;
    await outcome(proxy, path);
    expect((await outcome(proxy, path, saying(directive)))[0]).toBe(expected);
  });

  test("no-store keeps the answer from being stored", async () => {
    await outcome(proxy, "/fresh?ns", saying("no-store"));
    expect((await outcome(proxy, "/fresh?ns"))[0]).toBe("MISS");
  });

  test("max-stale takes a stale one", async () => {
    await outcome(proxy, "/swr?max-stale");
    expect((await outcome(proxy, "/swr?max-stale", saying("max-stale")))[0]).toBe("STALE");
  });

  test("only-if-cached on what is not stored: 504, and the origin is not asked", async () => {
    const response = await ask(proxy, "/fresh?nowhere", saying("only-if-cached"));
    expect([response.status, xCache(response)]).toEqual([504, "MISS"]);
    expect(cacheStatus(response)).toContain("detail=only-if-cached");
    expect(stub.seen.filter(({ path }) => path === "/fresh?nowhere")).toEqual([]);
  });
});
