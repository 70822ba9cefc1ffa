import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;

beforeAll(async () => {
  stub = origin(shared, answer);
  proxy = await startProxy(shared, stub.url);
});

/** Says how often the path was asked for, with the No-Vary-Search and Cache-Control that the request wishes; 304 to who has "v1". */
function answer(request: Request, count: number): Response {
  const headers = new Headers({ "cache-control": request.headers.get("x-cache-control") ?? "max-age=60" });
  const rule = request.headers.get("x-rule");
  if (rule !== null) headers.set("no-vary-search", rule);
  const etag = request.headers.get("x-etag");
  if (etag !== null) headers.set("etag", etag);
  if (etag !== null && request.headers.get("if-none-match") === etag)
    return new Response(null, { status: 304, headers });
  return new Response(String(count), { headers });
}

/** A request whose answer is to carry this No-Vary-Search. */
function ruled(rule: string, further: Readonly<Record<string, string>> = {}): RequestInit {
  return { headers: { "x-rule": rule, ...further } };
}

const validating = { "cache-control": "no-cache", "x-etag": '"v1"' };

describe("a response answers for the URLs that its No-Vary-Search makes equivalent", () => {
  test.each([
    ["params with a list", 'params=("utm" "ref")', "?id=1&utm=a", ["?id=1", "?id=1&ref=b&utm=c", "?utm=&id=1"]],
    ["except", 'except=("id")', "?id=1&x=1", ["?id=1", "?y=2&id=1&z"]],
    ["except without names", "except=()", "?id=1", ["", "?", "?id=2&x"]],
    ["key-order", "key-order", "?a=1&b=2", ["?b=2&a=1"]],
    ["key-order beside a list", 'params=("utm"), key-order', "?a=1&b=2", ["?b=2&utm=1&a=1"]],
    ["params as a boolean", "params", "?id=1", ["?id=2", ""]],
    ["params as a boolean with except", 'params, except=("id")', "?id=1&x=1", ["?id=1&x=2"]],
    ["an encoded name", 'params=("utm")', "?id=1&%75tm=a", ["?id=1&utm=b", "?%69d=1"]],
    ["an encoded name in the field", 'params=("%75tm")', "?id=1&utm=a", ["?id=1"]],
    ["plus and %20", 'params=("utm")', "?q=a+b&utm=1", ["?q=a%20b"]],
  ])("draft-ietf-httpbis-no-vary-search §7: %s", async (name, rule, first, others) => {
    const path = `/same/${encodeURIComponent(name)}`;
    expect(await outcome(proxy, path + first, ruled(rule))).toEqual(["MISS", "1"]);
    const asked = stub.seen.length;
    for (const other of others) expect([other, ...(await outcome(proxy, path + other))]).toEqual([other, "HIT", "1"]);
    expect(stub.seen).toHaveLength(asked);
  });

  test.each([
    ["another value", 'params=("utm")', "?id=1&utm=a", "?id=2&utm=a"],
    ["a parameter that is not named", 'params=("utm")', "?id=1", "?id=1&ref=a"],
    ["the order, where nothing is said of it", 'params=("utm")', "?a=1&b=2", "?b=2&a=1"],
    ["the order of what has one name", "key-order", "?a=1&a=2", "?a=2&a=1"],
    ["what except names", 'except=("id")', "?id=1", "?x=1"],
    ["an invalid field", "params=(utm)", "?id=1", "?id=1&utm=a"],
    ["params and except together", 'params=("utm"), except=("id")', "?id=1", "?id=1&utm=a"],
  ])("draft-ietf-httpbis-no-vary-search §6: %s keeps URLs apart", async (name, rule, first, other) => {
    const path = `/apart/${encodeURIComponent(name)}`;
    expect(await outcome(proxy, path + first, ruled(rule))).toEqual(["MISS", "1"]);
    expect((await outcome(proxy, path + other, ruled(rule)))[0]).toBe("MISS");
    expect(await outcome(proxy, path + first)).toEqual(["HIT", "1"]);
  });

  test("another path is another matter", async () => {
    await outcome(proxy, "/path/a?id=1", ruled("except=()"));
    expect((await outcome(proxy, "/path/b?id=1"))[0]).toBe("MISS");
    expect((await outcome(proxy, "/path/a/?id=1"))[0]).toBe("MISS");
  });

  test("the origin is asked for the client's own URL, and its field goes on as it is", async () => {
    const rule = 'params=("utm")  ,  future=1';
    const response = await ask(proxy, "/own?utm=1&b=2&a=%31", ruled(rule));
    expect(stub.seen.at(-1)?.path).toBe("/own?utm=1&b=2&a=%31");
    expect(response.headers.get("no-vary-search")).toBe(rule);
    expect((await ask(proxy, "/own?b=2&a=1")).headers.get("no-vary-search")).toBe(rule);
  });

  test("RFC 9211 §2.6: Cache-Status shows the key that was used", async () => {
    const stored = await ask(proxy, "/key?b=2&utm=x&a=1", ruled('key-order, params=("utm")'));
    const key = 'key="/key?a=1&b=2 params=(\\"utm\\"), key-order"';
    expect(cacheStatus(stored)).toContain(key);
    expect(cacheStatus(await ask(proxy, "/key?a=1&b=2"))).toMatch(/^caching-proxy; hit; ttl=\d+; key=/);
    expect(cacheStatus(await ask(proxy, "/key?a=1&b=2"))).toContain(key);
    expect(cacheStatus(await ask(proxy, "/key?a=2", { headers: { "x-cache-control": "no-store" } }))).toEndWith(
      'key="/key?a=2"; detail=no-store',
    );
  });

  test("RFC 9111 §4.1: Vary counts as ever", async () => {
    const varying = origin(
      shared,
      (request, count) =>
        new Response(`${request.headers.get("accept-language")} ${count}`, {
          headers: { "cache-control": "max-age=60", "no-vary-search": "except=()", vary: "Accept-Language" },
        }),
    );
    const other = await startProxy(shared, varying.url);
    const inLanguage = (language: string) => ({ headers: { "accept-language": language } });
    expect(await outcome(other, "/?1", inLanguage("de"))).toEqual(["MISS", "de 1"]);
    expect(cacheStatus(await ask(other, "/?2", inLanguage("fr")))).toContain("fwd=vary-miss");
    expect(await outcome(other, "/?3", inLanguage("de"))).toEqual(["HIT", "de 1"]);
    expect(await outcome(other, "/?4", inLanguage("fr"))).toEqual(["HIT", "fr 2"]);
  });

  test("RFC 9111 §3.3: parts are shared, joined and completed under it", async () => {
    const content = "0123456789";
    const ranged = origin(shared, (request) => {
      const headers = { "cache-control": "max-age=60", etag: '"v1"', "no-vary-search": 'params=("utm")' };
      const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
      if (first === undefined) return new Response(content, { headers });
      const [from, to] = [Number(first), last ? Number(last) : content.length - 1];
      const contentRange = `bytes ${from}-${to}/${content.length}`;
      return new Response(content.slice(from, to + 1), {
        status: 206,
        headers: { ...headers, "content-range": contentRange },
      });
    });
    const other = await startProxy(shared, ranged.url);
    const part = (range: string) => ({ headers: { range: `bytes=${range}` } });
    expect(await outcome(other, "/?id=1&utm=a", part("0-4"))).toEqual(["MISS", "01234"]);
    expect(await outcome(other, "/?id=1&utm=b", part("1-2"))).toEqual(["HIT", "12"]);
    const completed = await ask(other, "/?id=1&utm=c");
    expect(cacheStatus(completed)).toMatch(/fwd=partial; fwd-status=206; stored; ttl=\d+; key="\/\?id=1 params=/);
    expect(await completed.text()).toBe(content);
    expect(ranged.seen.at(-1)?.headers.get("range")).toBe("bytes=5-");
    expect(await outcome(other, "/?id=1")).toEqual(["HIT", content]);
    expect((await outcome(other, "/?id=2", part("0-4")))[0]).toBe("MISS");
  });

  test("a stored GET answers HEAD for an equivalent URL", async () => {
    await outcome(proxy, "/head?utm=1", ruled('params=("utm")'));
    expect(xCache(await ask(proxy, "/head?utm=2", { method: "HEAD" }))).toBe("HIT");
  });

  test("what Bun may have merged is never merged further", async () => {
    await outcome(proxy, "/ambiguous", ruled("except=()"));
    expect((await outcome(proxy, "/ambiguous?x=%EF%BF%BD"))[0]).toBe("BYPASS");
  });
});

describe("RFC 9111 §4: of several responses the most recent is used", () => {
  test("one without the field is not hidden by an older one that has it", async () => {
    expect(await outcome(proxy, "/gone?id=1&utm=a", ruled('params=("utm")'))).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/gone?id=1", { headers: { "cache-control": "no-cache" } })).toEqual(["MISS", "2"]);
    expect(await outcome(proxy, "/gone?id=1")).toEqual(["HIT", "2"]);
  });

  test("nor is one that has it by an older one without", async () => {
    expect(await outcome(proxy, "/come?id=1")).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/come?id=1&utm=a", ruled('params=("utm")'))).toEqual(["MISS", "2"]);
    expect(await outcome(proxy, "/come?id=1&utm=b")).toEqual(["HIT", "2"]);
    expect(await outcome(proxy, "/come?id=1", { headers: { "cache-control": "no-cache" } })).toEqual(["MISS", "3"]);
    expect(await outcome(proxy, "/come?id=1")).toEqual(["HIT", "3"]);
  });

  test("another rule: each answers for what it says, the newer first", async () => {
    expect(await outcome(proxy, "/other?id=1&a=1&b=1", ruled('params=("a")'))).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/other?id=1&a=1&b=2", ruled('params=("b")'))).toEqual(["MISS", "2"]);
    expect(await outcome(proxy, "/other?id=1&a=1&b=3")).toEqual(["HIT", "2"]);
    expect(await outcome(proxy, "/other?id=1&a=2&b=1")).toEqual(["HIT", "1"]);
    expect((await outcome(proxy, "/other?id=1&a=2&b=3"))[0]).toBe("MISS");
  });

  test("an answer that may not be stored takes all away that answered for its URL", async () => {
    await outcome(proxy, "/refused?id=1", { headers: { "x-cache-control": "max-age=60" } });
    await outcome(proxy, "/refused?id=1&utm=a", ruled('params=("utm")'));
    const refused = { "cache-control": "no-cache", "x-cache-control": "no-store" };
    expect(await outcome(proxy, "/refused?id=1&utm=b", ruled('params=("utm")', refused))).toEqual(["MISS", "3"]);
    expect((await outcome(proxy, "/refused?id=1&utm=a"))[0]).toBe("MISS");
  });
});

describe("RFC 9111 §4.3.4: validation", () => {
  test("a 304 that brings the field lets what is stored answer for equivalent URLs from then on", async () => {
    const etag = { "x-etag": '"v1"' };
    expect(await outcome(proxy, "/304/add?id=1&utm=a", { headers: etag })).toEqual(["MISS", "1"]);
    const freshened = await ask(proxy, "/304/add?id=1&utm=a", ruled('params=("utm")', validating));
    expect([xCache(freshened), await freshened.text()]).toEqual(["REVALIDATED", "1"]);
    expect(cacheStatus(freshened)).toContain('key="/304/add?id=1 params=(\\"utm\\")"');
    expect(await outcome(proxy, "/304/add?id=1&utm=b")).toEqual(["HIT", "1"]);
  });

  test("a 304 that changes it moves what is stored, and its old place is empty", async () => {
    expect(await outcome(proxy, "/304/change?id=1", ruled("except=()", { "x-etag": '"v1"' }))).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/304/change?id=2", ruled('except=("id")', validating))).toEqual(["REVALIDATED", "1"]);
    expect(await outcome(proxy, "/304/change?id=2&x")).toEqual(["HIT", "1"]);
    expect((await outcome(proxy, "/304/change?id=3"))[0]).toBe("MISS");
  });

  test("a full answer under another rule takes the place of what was validated, whatever its Date says", async () => {
    const dates = [1, 2].map((hours) => new Date(Date.now() - hours * 3_600_000).toUTCString());
    const dated = origin(shared, (request, count) => {
      const rule = request.headers.get("x-rule");
      const headers = { date: dates[count - 1] ?? "", "cache-control": "max-age=86400" };
      return new Response(String(count), { headers: rule === null ? headers : { ...headers, "no-vary-search": rule } });
    });
    const other = await startProxy(shared, dated.url);
    expect(await outcome(other, "/?id=1", ruled("except=()"))).toEqual(["MISS", "1"]);
    expect(await outcome(other, "/?id=1", { headers: { "cache-control": "no-cache" } })).toEqual(["MISS", "2"]);
    expect(await outcome(other, "/?id=1")).toEqual(["HIT", "2"]);
  });

  test("a stale response is validated once behind all that it answers for", async () => {
    const gate = Promise.withResolvers<void>();
    const slow = origin(shared, async (_, count) => {
      if (count > 1) await gate.promise;
      const headers = { "cache-control": "max-age=0, stale-while-revalidate=60", "no-vary-search": "except=()" };
      return new Response(String(count), { headers });
    });
    const other = await startProxy(shared, slow.url);
    await outcome(other, "/?0");
    for (const query of ["1", "2", "3"]) expect(await outcome(other, `/?${query}`)).toEqual(["STALE", "1"]);
    expect(slow.seen.length).toBeLessThanOrEqual(2);
    gate.resolve();
  });
});

describe("RFC 9111 §4.4: invalidation", () => {
  test("a successful PUT takes what answers for its URL, though it was stored for another", async () => {
    expect(await outcome(proxy, "/put?id=1&utm=a", ruled('params=("utm")'))).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/put?id=2&utm=a", ruled('params=("utm")'))).toEqual(["MISS", "2"]);
    await outcome(proxy, "/put?utm=b&id=1", { method: "PUT", body: "x" });
    expect((await outcome(proxy, "/put?id=1&utm=a", ruled('params=("utm")')))[0]).toBe("MISS");
    expect(await outcome(proxy, "/put?id=2")).toEqual(["HIT", "2"]);
  });

  /** A proxy before an origin that holds its answer to the GET for what is "held" until the gate opens. */
  async function holding(rules: Readonly<Record<string, string>>) {
    const [gate, asked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const held = origin(shared, async (request, count) => {
      const { search } = new URL(request.url);
      if (request.method === "GET" && search.includes("held")) {
        asked.resolve();
        await gate.promise;
      }
      const rule = rules[search] ?? 'params=("utm")';
      return new Response(String(count), { headers: { "cache-control": "max-age=60", "no-vary-search": rule } });
    });
    return { proxy: await startProxy(shared, held.url), asked: asked.promise, open: gate.resolve };
  }

  test("what was under way meanwhile is not stored, though nobody knew its rule", async () => {
    const site = await holding({});
    const first = ask(site.proxy, "/?id=1&utm=held");
    await site.asked;
    await outcome(site.proxy, "/?id=1", { method: "PUT", body: "x" });
    site.open();
    expect(cacheStatus(await first)).toContain("detail=invalidated");
    expect(await outcome(site.proxy, "/?id=1")).toEqual(["MISS", "3"]);
    expect(await outcome(site.proxy, "/?id=1&utm=a")).toEqual(["HIT", "3"]);
  });

  test("nor is the answer for the very URL, though another rule was known", async () => {
    const site = await holding({ "?id=held": 'params=("ref")' });
    await outcome(site.proxy, "/?id=1");
    const first = ask(site.proxy, "/?id=held");
    await site.asked;
    await outcome(site.proxy, "/?id=held", { method: "DELETE" });
    site.open();
    expect(cacheStatus(await first)).toContain("detail=invalidated");
  });

  test("clearing takes what is shared, too", async () => {
    const other = await startProxy(shared, stub.url);
    await outcome(other, "/clear?1", ruled("except=()"));
    await outcome(other, "/clear?2");
    const cleared = await ask(other, "/__admin/clear-cache", { method: "POST" });
    expect(await cleared.json()).toEqual({ cleared: 1 });
    expect((await outcome(other, "/clear?1"))[0]).toBe("MISS");
  });
});

describe("collapsed forwarding", () => {
  test("who asks in another order shares an arriving answer only where the order does not matter to it", async () => {
    for (const [rule, expected] of [
      ["key-order", 1],
      ['params=("utm")', 2],
    ] as const) {
      const [asked, gate, rest] = [0, 1, 2].map(() => Promise.withResolvers<void>());
      const streaming = origin(shared, async (_, count) => {
        if (count > 1) return new Response("alone", { headers: { "cache-control": "max-age=60" } });
        asked?.resolve();
        await gate?.promise;
        const body = async function* () {
          yield "begun ";
          await rest?.promise;
          yield "done";
        };
        return new Response(body(), { headers: { "cache-control": "max-age=60", "no-vary-search": rule } });
      });
      const other = await startProxy(shared, streaming.url);
      const leader = ask(other, "/?a=1&b=2");
      await asked?.promise;
      const follower = ask(other, "/?b=2&a=1");
      // A round trip of another request behind it: it has been taken in.
      await ask(other, "/health");
      gate?.resolve();
      const arrived = await follower;
      rest?.resolve();
      expect(await (await leader).text()).toBe("begun done");
      expect(await arrived.text()).toBe(expected === 1 ? "begun done" : "alone");
      expect(streaming.seen).toHaveLength(expected);
    }
  });
});
