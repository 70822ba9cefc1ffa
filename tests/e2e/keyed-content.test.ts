import { describe, expect, test } from "bun:test";
import type { WrittenRule } from "../../src/config/written.ts";
import { folderWith, startRuled } from "./folder.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, runCommand, startProxy, xCache } from "./proxy.ts";
import { lineToEach } from "./workers.ts";

type Key = NonNullable<WrittenRule["key"]>["body"];

const JSON_TYPE = { "content-type": "application/json" };
const posting = (body: string, headers: Readonly<Record<string, string>> = JSON_TYPE): RequestInit => ({
  ...{ method: "POST", body, headers },
});
const graphql = (query: string, more: object = {}): RequestInit => posting(JSON.stringify({ query, ...more }));

/** An origin that answers with what it was asked, and how often it was asked anything. */
function echoing(stack: AsyncDisposableStack, fields: Readonly<Record<string, string>> = {}): StubOrigin {
  let count = 0;
  return origin(stack, async (request) => {
    const body = `${request.method} ${await request.text()} ${++count}`;
    return new Response(body, { headers: { "cache-control": "max-age=60", ...fields } });
  });
}

async function started(
  stack: AsyncDisposableStack,
  body: Key,
  more: WrittenRule = {},
  fields: Readonly<Record<string, string>> = {},
) {
  const upstream = echoing(stack, fields);
  const rule = { match: "/q", ...more, ...(body === undefined ? {} : { key: { body } }) };
  const proxy = await startRuled(stack, upstream.url, [rule]);
  const send = (init: RequestInit, path = "/q"): Promise<[string, string]> => outcome(proxy, path, init);
  return { proxy, send, upstream };
}

describe("a POST that a rule says is a query", () => {
  test("is answered by what an equal one brought, and by nothing else's", async () => {
    await using stack = new AsyncDisposableStack();
    const { proxy, send, upstream } = await started(stack, "json");
    const first = await ask(proxy, "/q", posting('{"a":1,"b":[2]}'));
    const body = await first.text();
    expect(cacheStatus(first)).toMatch(
      /^caching-proxy; fwd=uri-miss; fwd-status=200; stored; ttl=\d+; key="\/q#POST-[\w-]{43}"$/,
    );
    expect(body).toBe('POST {"a":1,"b":[2]} 1');
    expect(await send(posting('{ "b": [2.0], "a": 1 }'))).toEqual(["HIT", body]);
    expect(upstream.seen).toHaveLength(1);
    for (const other of ['{"a":2,"b":[2]}', '{"a":1,"b":["2"]}', '{"a":1,"b":[2],"c":null}', "{}"])
      expect(await send(posting(other))).toEqual(["MISS", expect.stringContaining(other)]);
    // Neither GETs nor QUERYs of the same URL are meant.
    expect((await send({ method: "QUERY", body: '{"a":1,"b":[2]}', headers: JSON_TYPE }))[0]).toBe("MISS");
    expect((await send({}))[0]).toBe("MISS");
    expect((await send(posting('{"a":1,"b":[2]}'), "/q?x"))[0]).toBe("MISS");
    expect((await send(posting('{"a":1,"b":[2]}'), "/other"))[0]).toBe("BYPASS");
  });

  test("changes nothing: what is stored for its URL stays, and goes with a purge of that", async () => {
    await using stack = new AsyncDisposableStack();
    const { proxy, send } = await started(stack, true);
    await send({});
    await send(posting("{}"));
    expect((await send({}))[0]).toBe("HIT");
    const purge = posting('{"url":"/q"}');
    expect(await (await ask(proxy, "/__admin/purge", purge)).json()).toMatchObject({ purged: 2 });
    expect((await send(posting("{}")))[0]).toBe("MISS");
    // What changes the URL drops it, too.
    await outcome(proxy, "/q", { method: "DELETE" });
    expect((await send(posting("{}")))[0]).toBe("MISS");
  });

  test("is left as it was by all other rules and methods", async () => {
    await using stack = new AsyncDisposableStack();
    const { send } = await started(stack, undefined, { ttl: "1m" });
    for (let i = 0; i < 2; i++) expect((await send(posting("{}")))[0]).toBe("BYPASS");
    const keyed = await started(stack, true);
    for (let i = 0; i < 2; i++) {
      expect((await keyed.send({ ...posting("{}"), method: "PUT" }))[0]).toBe("BYPASS");
    }
    const kept = await started(stack, true, { cache: false });
    for (let i = 0; i < 2; i++) expect((await kept.send(posting("{}")))[0]).toBe("BYPASS");
  });

  test("has what a rule says of its lifetime, and is asked for anew without conditions once that is over", async () => {
    await using stack = new AsyncDisposableStack();
    const { send, upstream } = await started(stack, true, { ttl: 0 }, { etag: '"v"' });
    await send(posting("{}"));
    expect(await send(posting("{}"))).toEqual(["MISS", "POST {} 2"]);
    expect(upstream.seen[1]?.headers.has("if-none-match")).toBe(false);
    expect(upstream.seen[1]?.headers.get("content-length")).toBe("2");
  });

  test.each([
    ["if-none-match", '"v"'],
    ["if-match", '"v"'],
    ["range", "bytes=0-1"],
    ["x-http-method-override", "DELETE"],
  ])("with %s is the origin's to evaluate", async (name, value) => {
    await using stack = new AsyncDisposableStack();
    const { send, upstream } = await started(stack, true, {}, { etag: '"v"' });
    await send(posting("{}"));
    expect((await send(posting("{}", { ...JSON_TYPE, [name]: value })))[0]).toBe("BYPASS");
    expect(upstream.seen[1]?.headers.get(name)).toBe(value);
  });

  test("is nobody else's where it says who sends it", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, () => new Response("mine"));
    const proxy = await startRuled(stack, upstream.url, [{ key: { body: true } }]);
    const own = posting("{}", { ...JSON_TYPE, authorization: "me" });
    for (let i = 0; i < 2; i++) expect((await outcome(proxy, "/q", own))[0]).toBe("MISS");
  });

  test.each([
    ["as large as is read", 100, "MISS", "HIT"],
    ["larger", 101, "BYPASS", "BYPASS"],
  ])("%s comes whole to the origin", async (_, size, first, second) => {
    await using stack = new AsyncDisposableStack();
    const { proxy, send } = await started(stack, { maxSize: "100b" });
    const text = "x".repeat(size);
    const plain = posting(text, { "content-type": "text/plain" });
    expect(await send(plain)).toEqual([first, `POST ${text} 1`]);
    const again = await ask(proxy, "/q", plain);
    expect(xCache(again)).toBe(second);
    if (second === "BYPASS") expect(cacheStatus(again)).toContain("fwd=bypass; fwd-status=200; detail=query-too-large");
  });

  test("what is ignored makes no difference, and what cannot be read is passed on", async () => {
    await using stack = new AsyncDisposableStack();
    const { proxy, send } = await started(stack, { type: "json", ignore: ["/trace", "items/*/at"] });
    const [, first] = await send(posting('{"trace":1,"items":[{"id":1,"at":1}]}'));
    expect(await send(posting('{"trace":2,"items":[{"at":2,"id":1}]}'))).toEqual(["HIT", first]);
    expect((await send(posting('{"trace":2,"items":[{"at":2,"id":2}]}')))[0]).toBe("MISS");
    for (let i = 0; i < 2; i++) {
      const broken = await ask(proxy, "/q", posting("{"));
      expect(cacheStatus(broken)).toBe("caching-proxy; fwd=method; fwd-status=200; detail=content-unreadable");
      expect(await broken.text()).toStartWith("POST { ");
    }
  });

  test("several at the same time are one request to the origin", async () => {
    await using stack = new AsyncDisposableStack();
    const asked = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    const upstream = origin(stack, async (request) => {
      asked.resolve();
      await opened.promise;
      return new Response(await request.text(), { headers: { "cache-control": "max-age=60" } });
    });
    const proxy = await startRuled(stack, upstream.url, [{ key: { body: "json" } }]);
    const first = outcome(proxy, "/q", posting('{"a":1}'));
    await asked.promise;
    const second = outcome(proxy, "/q", posting('{ "a": 1 }'));
    // The one that comes last has been read when the other one is answered.
    const other = outcome(proxy, "/q", posting('{"a":2}'));
    while (upstream.seen.length < 2) await Bun.sleep(1);
    opened.resolve();
    expect([(await first)[1], (await second)[1], (await other)[1]]).toEqual(['{"a":1}', '{"a":1}', '{"a":2}']);
    expect(upstream.seen).toHaveLength(2);
  });

  test("is known to all workers alike", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = echoing(stack);
    const proxy = await startRuled(stack, upstream.url, [{ key: { body: true } }], "--workers 2");
    const lines = await lineToEach(stack, proxy, 2);
    for (const line of lines) expect(await line.get("/q", "POST")).toContain("X-Cache: MISS");
    await ask(proxy, "/__admin/purge", posting('{"url":"/q"}'));
    for (const line of lines) {
      expect(await line.get("/q", "POST")).toContain("X-Cache: MISS");
      expect(await line.get("/q", "POST")).toContain("X-Cache: HIT");
    }
  });
});

describe("GraphQL", () => {
  test("a query by its operation, its variables and what its document says", async () => {
    await using stack = new AsyncDisposableStack();
    const { send } = await started(stack, { type: "graphql", ignore: ["/variables/requestId"] });
    const document = "query A($id: Int) { a(id: $id) } query B { b }";
    const asked = (operationName: string, variables: object) => graphql(document, { operationName, variables });
    const [, first] = await send(asked("A", { id: 1, requestId: "x" }));
    expect(await send(asked("A", { requestId: "y", id: 1.0 }))).toEqual(["HIT", first]);
    const plain = graphql(`# other layout\n${document.replaceAll(" ", "\n  ")}`, {
      ...{ operationName: "A", variables: { id: 1 }, extensions: null },
    });
    expect(await send(plain)).toEqual(["HIT", first]);
    expect((await send(asked("A", { id: 2 })))[0]).toBe("MISS");
    expect((await send(asked("B", { id: 1 })))[0]).toBe("MISS");
  });

  test.each([
    ["a mutation", graphql("mutation { add }")],
    ["a subscription", graphql("subscription { added }")],
    ["the mutation of several operations", graphql("query A { a } mutation B { b }", { operationName: "B" })],
    ["several in a list", posting('[{"query":"{ a }"},{"query":"{ b }"}]')],
    ["one that cannot be read", graphql("query { a")],
  ])("%s is never stored, and drops what is stored for its URL", async (_, request) => {
    await using stack = new AsyncDisposableStack();
    const { proxy, send } = await started(stack, "graphql");
    await send(graphql("{ a }"));
    expect((await send(graphql("{ a }")))[0]).toBe("HIT");
    for (let i = 0; i < 2; i++) {
      const response = await ask(proxy, "/q", request);
      expect(cacheStatus(response)).toBe("caching-proxy; fwd=method; fwd-status=200; detail=graphql-not-query");
      expect(await response.text()).toStartWith(`POST ${request.body}`);
    }
    expect((await send(graphql("{ a }")))[0]).toBe("MISS");
  });
});

describe("what a person is told", () => {
  const shown = async (proxy: RunningProxy, path: string): Promise<unknown> => {
    return JSON.parse(await (await ask(proxy, `/__admin/${path}`)).text());
  };

  test("entries of the URL, how often contents were read, and why explaining does not know", async () => {
    await using stack = new AsyncDisposableStack();
    const { proxy, send } = await started(stack, true);
    await send(posting("{}"));
    await send(posting("{}"));
    await send({});
    expect(await shown(proxy, "entries?url=/q")).toMatchObject({
      entries: expect.arrayContaining([
        expect.objectContaining({ method: "POST", query: expect.stringMatching(/^[\w-]{43}$/) }),
        expect.objectContaining({ method: "GET" }),
      ]),
    });
    expect(await shown(proxy, "explain?url=/q&method=POST")).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/^A rule has a POST of \/q be known by its content \(key\.body\)/),
    });
    expect(await shown(proxy, "explain?url=/q")).toMatchObject({ verdict: { type: "fresh" } });
    expect(await shown(proxy, "explain?url=/other&method=POST")).toMatchObject({ verdict: { type: "bypass" } });
    expect(await shown(proxy, "rules")).toMatchObject({ rules: [{ matches: 3, effects: { "key.body": 2 } }] });
    const command = runCommand(stack, ["entries", "/q", "--port", String(proxy.port)]);
    expect(await command.exited).toBe(0);
    expect(command.stdout.all.join("\n")).toMatch(/POST/);
  });
});

test.each(["QUERY", "POST"])(
  "a %s is known by the form of its content, also where fixtures have read it before",
  async (method) => {
    await using stack = new AsyncDisposableStack();
    const upstream = echoing(stack);
    const fixture = `${method} /q\nContent-Type: application/json\n\n{"a":0}\n\nHTTP/1.1 200 OK\n\nfixture`;
    const files = {
      "fixtures/q.http": fixture,
      "caching-proxy.config.json": JSON.stringify({ rules: [{ key: { body: "json" } }] }),
    };
    const cwd = await folderWith(stack, files);
    const proxy = await startProxy(stack, upstream.url, "--fixtures fixtures", { cwd });
    const query = (body: string) => outcome(proxy, "/q", { method, body, headers: JSON_TYPE });
    expect(await query('{ "a": 0 }')).toEqual(["HIT", "fixture"]);
    const [, first] = await query('{"a":1,"b":2}');
    expect(first).toBe(`${method} {"a":1,"b":2} 1`);
    expect(await query('{ "b": 2, "a": 1 }')).toEqual(["HIT", first]);
    expect(upstream.seen).toHaveLength(1);
  },
);
