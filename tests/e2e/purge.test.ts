import { describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy } from "./proxy.ts";
import { connect, contentOf, exchange, fieldsOf, statusOf } from "./raw.ts";
import { lineToEach } from "./workers.ts";

const shared = cleanup();
const FRESH = { "cache-control": "max-age=600" };

/** What the endpoint answers to a body. */
async function purge(proxy: RunningProxy, body: unknown, fields: Readonly<Record<string, string>> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await ask(proxy, "/__admin/purge", { method: "POST", body: text, headers: fields });
  const answer: unknown = await response.json();
  return [response.status, answer] as const;
}

const hard = (purged: number) => [200, { purged, how: "hard" }] as const;
const get = async (proxy: RunningProxy, path: string, init: RequestInit = {}) => (await outcome(proxy, path, init))[0];

/** What the command prints and how it exits. */
async function command(proxy: RunningProxy, ...args: string[]): Promise<readonly [number, readonly string[]]> {
  const run = runCommand(shared, ["purge", "--port", String(proxy.port), ...args]);
  const code = await run.exited;
  await Promise.all([run.stdout.ended, run.stderr.ended]);
  return [code, [...run.stdout.all, ...run.stderr.all]];
}

describe("POST /__admin/purge", () => {
  test("by URL: all variants, HEAD, QUERY and what is the same by No-Vary-Search, and nothing else", async () => {
    const stub = origin(shared, (request, count) => {
      const fields = { ...FRESH, vary: "accept-language", "no-vary-search": 'params=("utm")' };
      return new Response(request.method === "HEAD" ? null : `${count}`, { headers: fields });
    });
    const proxy = await startProxy(shared, stub.url);
    const language = (name: string): RequestInit => ({ headers: { "accept-language": name } });
    const query: RequestInit = { method: "QUERY", body: "q" };
    await get(proxy, "/a?id=1", language("en"));
    await get(proxy, "/a?id=1", language("fr"));
    await get(proxy, "/a?id=1", { method: "HEAD", ...language("de") });
    await get(proxy, "/a?id=1", query);
    await get(proxy, "/a?id=2", language("en"));
    expect(await get(proxy, "/a?utm=x&id=1", language("en"))).toBe("HIT");
    expect(await purge(proxy, { url: "/a?utm=y&id=1" })).toEqual(hard(3));
    expect(await purge(proxy, { url: `${stub.url}/a?id=1` })).toEqual(hard(1));
    expect(await get(proxy, "/a?id=2", language("en"))).toBe("HIT");
    expect(await get(proxy, "/a?id=1", query)).toBe("MISS");
    expect(await get(proxy, "/a?id=1", language("en"))).toBe("MISS");
  });

  test("by prefix, pattern and everything", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startProxy(shared, stub.url);
    for (const path of ["/p/1", "/p/2?b=1&a=2", "/p/2/x", "/q/1", "/r"]) await get(proxy, path);
    expect(await purge(proxy, { pattern: "/p/:id?b=*&a=*" })).toEqual(hard(1));
    expect(await purge(proxy, { pattern: `${proxy.url}/*/1` })).toEqual(hard(2));
    expect(await purge(proxy, { prefix: "/p" })).toEqual(hard(1));
    expect(await get(proxy, "/r")).toBe("HIT");
    expect(await purge(proxy, { everything: true })).toEqual(hard(1));
  });

  test("a prefix that is the queries of a path takes what a rule has made of them", async () => {
    const stub = origin(shared, counted({ ...FRESH, "no-vary-search": 'params=("page")' }));
    const proxy = await startProxy(shared, stub.url);
    await get(proxy, "/a?page=1");
    expect(await get(proxy, "/a?page=2")).toBe("HIT");
    expect(await purge(proxy, { prefix: "/a?" })).toEqual(hard(1));
    expect(await get(proxy, "/a?page=1")).toBe("MISS");
  });

  test("by tag, whichever field has it, and clients see the fields", async () => {
    const stub = origin(shared, {
      "/1": counted({ ...FRESH, "cache-tag": "red, blue" }),
      "/2": counted({ ...FRESH, "surrogate-key": "green red" }),
      "/3": counted({ ...FRESH, xkey: "red" }),
      "/4": counted({ ...FRESH, "cache-groups": '"red"', "cache-tag": "red" }),
      "/5": counted({ ...FRESH, "cache-tag": "reddish" }),
    });
    const proxy = await startProxy(shared, stub.url);
    for (const n of [1, 2, 3, 4, 5]) await get(proxy, `/${n}`);
    expect((await ask(proxy, "/1")).headers.get("cache-tag")).toBe("red, blue");
    expect((await ask(proxy, "/2")).headers.get("surrogate-key")).toBe("green red");
    expect(await purge(proxy, { tag: "red" })).toEqual(hard(4));
    expect(await get(proxy, "/5")).toBe("HIT");
    for (const n of [1, 2]) await get(proxy, `/${n}`);
    expect(await purge(proxy, { tags: ["blue", "red", "green"] })).toEqual(hard(2));
  });

  test("what has more tags than are kept is not stored", async () => {
    const tags = Array.from({ length: 1001 }, (_, i) => i).join(",");
    const stub = origin(shared, counted({ ...FRESH, "cache-tag": tags }));
    const proxy = await startProxy(shared, stub.url);
    expect((await ask(proxy, "/a")).headers.get("cache-status")).toContain("detail=too-many-tags");
    expect(await outcome(proxy, "/a")).toEqual(["MISS", "2"]);
  });

  test.each([
    ["", "no JSON object"],
    ["[]", "no JSON object"],
    [{}, "names nothing"],
    [{ urls: ["/a"] }, 'no "urls" to purge by'],
    [{ url: "/a", prefix: "/a" }, "not by url and prefix"],
    [{ url: 1 }, '"url" is a URL'],
    [{ tags: [] }, '"tags" is a list'],
    [{ everything: false }, '"everything" is true'],
    [{ url: "/a", soft: "yes" }, '"soft" is true or false'],
    [{ url: "http://elsewhere.example/a" }, "is on elsewhere.example, which is neither the proxy"],
    [{ pattern: "/(a+)+" }, "could hang"],
  ])("%j is refused, and nothing goes", async (body, said) => {
    const proxy = await refusing;
    const [status, answer] = await purge(proxy, body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ title: "Nothing to purge by that", detail: expect.stringContaining(said) });
    expect(await get(proxy, "/a")).toBe("HIT");
  });

  test("a body without end is refused, and so are pages of other sites", async () => {
    const proxy = await refusing;
    expect((await purge(proxy, `{"url": "${"a".repeat(300_000)}"}`))[0]).toBe(413);
    expect((await purge(proxy, { everything: true }, { origin: "http://evil.example" }))[0]).toBe(403);
    expect((await purge(proxy, { everything: true }, { host: "rebound.example" }))[0]).toBe(403);
    expect(await get(proxy, "/a")).toBe("HIT");
  });
});

const refusing = (async () => {
  const proxy = await startProxy(shared, origin(shared, counted(FRESH)).url);
  await get(proxy, "/a");
  return proxy;
})();

describe("softly", () => {
  test("it is validated before its next use, and a 304 makes it fresh again", async () => {
    const stub = origin(shared, (request) => {
      const isKnown = request.headers.get("if-none-match") === '"v1"';
      return new Response(isKnown ? null : "body", {
        status: isKnown ? 304 : 200,
        headers: { ...FRESH, etag: '"v1"' },
      });
    });
    const proxy = await startProxy(shared, stub.url);
    await get(proxy, "/a");
    expect(await purge(proxy, { url: "/a", soft: true })).toEqual([200, { purged: 1, how: "soft" }]);
    expect(await outcome(proxy, "/a")).toEqual(["REVALIDATED", "body"]);
    expect(await outcome(proxy, "/a")).toEqual(["HIT", "body"]);
    expect(stub.seen.map(({ headers }) => headers.get("if-none-match"))).toEqual([null, '"v1"']);
  });

  test("it stands in while the origin fails", async () => {
    const stub = origin(shared, (_, count) =>
      count === 1
        ? new Response("body", { headers: { "cache-control": "max-age=600, stale-if-error=600" } })
        : new Response("broken", { status: 503 }),
    );
    const proxy = await startProxy(shared, stub.url);
    await get(proxy, "/a");
    await purge(proxy, { everything: true, soft: true });
    expect(await outcome(proxy, "/a")).toEqual(["STALE", "body"]);
    await purge(proxy, { everything: true });
    expect((await ask(proxy, "/a")).status).toBe(503);
  });
});

describe.each(["hard", "soft"])("a fetch that is under way when it is purged (%s)", (how) => {
  test.each([[{ url: "/a" }], [{ prefix: "/" }], [{ pattern: "/:x" }], [{ tag: "t" }], [{ everything: true }]])(
    "by %j is not kept, and who asks after the purge gets another",
    async (what) => {
      const asked = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      const stub = origin(shared, async (_, count) => {
        const headers = { ...FRESH, "cache-tag": "t" };
        if (count > 1) return new Response("new", { headers });
        asked.resolve();
        await release.promise;
        return new Response("old", { headers });
      });
      const proxy = await startProxy(shared, stub.url);
      const old = outcome(proxy, "/a");
      await asked.promise;
      expect(await purge(proxy, { ...what, soft: how === "soft" })).toMatchObject([200, { purged: 0 }]);
      const late = "tag" in what ? undefined : await outcome(proxy, "/a");
      if (late !== undefined) expect(late).toEqual(["MISS", "new"]);
      release.resolve();
      expect((await old)[1]).toBe("old");
      expect((await outcome(proxy, "/a"))[1]).toBe("new");
    },
  );
});

describe("the method PURGE", () => {
  test("purges what it names, over a raw socket, and the origin hears nothing of it", async () => {
    const stub = origin(shared, counted({ ...FRESH, "cache-tag": "t" }));
    const proxy = await startProxy(shared, stub.url);
    const host = `Host: localhost:${proxy.port}\r\n`;
    const purging = async (path: string, fields = ""): Promise<readonly [number, unknown]> => {
      const answer = await exchange(proxy.port, `PURGE ${path} HTTP/1.1\r\n${host}${fields}Connection: close\r\n\r\n`);
      return [statusOf(answer), JSON.parse(contentOf(answer))];
    };
    for (const path of ["/a?x=1&y=2", "/b", "/c"]) await get(proxy, path);
    expect(await purging("/a?y=2&x=1")).toEqual(hard(1));
    expect(await purging("/a?y=2&x=1")).toEqual(hard(0));
    expect(await purging("/b", "Fastly-Soft-Purge: 1\r\n")).toEqual([200, { purged: 1, how: "soft" }]);
    expect(await purging("/anything", "Surrogate-Key: t u\r\n")).toEqual(hard(2));
    expect((await purging("/c", "Origin: http://evil.example\r\n"))[0]).toBe(403);
    expect(stub.seen.map(({ method }) => method)).toEqual(["GET", "GET", "GET"]);
  });

  test("wants the token where there is one", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startProxy(shared, stub.url, "--admin-token secret");
    await get(proxy, "/a");
    const purging = (fields: Readonly<Record<string, string>>) =>
      ask(proxy, "/a", { method: "PURGE", headers: fields });
    const refused = await purging({});
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="caching-proxy"']);
    expect(await get(proxy, "/a")).toBe("HIT");
    expect((await purging({ authorization: "Bearer secret" })).status).toBe(200);
    expect(await get(proxy, "/a")).toBe("MISS");
  });

  test("our own paths take no PURGE", async () => {
    const proxy = await refusing;
    const connection = await connect(shared, proxy.port);
    connection.write(`PURGE /health HTTP/1.1\r\nHost: localhost:${proxy.port}\r\n\r\n`);
    expect(statusOf(await connection.until((text) => text.includes("\r\n\r\n")))).toBe(405);
  });
});

describe("caching-proxy purge", () => {
  test("reaches all workers, says how many entries went, and exits by how it went", async () => {
    const stub = origin(shared, counted({ ...FRESH, etag: '"x"', "cache-tag": "t" }));
    const proxy = await startProxy(shared, stub.url, "--workers 2");
    const lines = await lineToEach(shared, proxy, 2);
    const fill = async () => {
      for (const { get } of lines) for (const path of ["/p/1", "/p/2"]) await get(path);
    };
    const outcomes = async (path: string): Promise<(string | null)[]> =>
      Promise.all(lines.map(async (line) => fieldsOf(await line.get(path)).get("x-cache")));
    await fill();
    expect(await command(proxy, "/p/1")).toEqual([0, ["purged 2 entries"]]);
    expect(await outcomes("/p/1")).toEqual(["MISS", "MISS"]);
    expect(await outcomes("/p/2")).toEqual(["HIT", "HIT"]);
    expect(await command(proxy, "--prefix", "/p/", "--soft")).toEqual([0, ["marked 4 entries stale"]]);
    expect(await outcomes("/p/2")).toEqual(["MISS", "MISS"]);
    expect(await command(proxy, "--tag", "t", "--tag", "u", "--json")).toEqual([0, ['{"purged":4,"how":"hard"}']]);
    await fill();
    expect(await command(proxy, "/p/1", `${stub.url}/p/2`)).toEqual([0, ["purged 4 entries"]]);
    expect(await command(proxy, "--all")).toEqual([0, ["purged 0 entries"]]);
  });

  test.each([
    [[], 2, "nothing to purge is named"],
    [["--all", "/a"], 2, "--all is everything"],
    [["http://example.com/a"], 2, "is on example.com, which is neither the proxy"],
    [["--pattern", "/(a)"], 2, "could hang"],
    [["--port", "1", "/a"], 2, "--port is given twice"],
  ])("%j", async (args, code, said) => {
    const [exited, lines] = await command(await refusing, ...args);
    expect(exited).toBe(code);
    expect(lines.join()).toContain(said);
  });
});
