import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";
import { exchange, fieldsOf } from "./raw.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;
/** What each answer is held back by, in the order of the requests that wait. */
let gates: PromiseWithResolvers<void>[] = [];
let waiting = Promise.withResolvers<void>();

/** The response's fields are those that the request asks for, as JSON in its `x-answer`; its body says what was asked. */
beforeAll(async () => {
  let count = 0;
  stub = origin(shared, async (request) => {
    const content = await request.text();
    const body = `${request.method} ${content} ${++count}`;
    if (request.headers.has("x-wait")) {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      waiting.resolve();
      await gate.promise;
    }
    const { status = 200, size = 0, ...fields } = JSON.parse(request.headers.get("x-answer") ?? "{}");
    return new Response(body + "x".repeat(size), { status, headers: fields });
  });
  proxy = await startProxy(shared, stub.url);
});

beforeEach(() => {
  gates = [];
  waiting = Promise.withResolvers();
});

let pages = 0;
const page = (): string => `/page/${++pages}?a=1`;

type Answer = Readonly<Record<string, string | number>>;
const post = (path: string, answer: Answer, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  ask(proxy, path, { method: "POST", body: "new", headers: { "x-answer": JSON.stringify(answer), ...headers } });
const representation = (path: string): Answer => ({ "content-location": path, "cache-control": "max-age=60" });

describe("RFC 9110 §9.3.3: a response to POST that is the target's representation", () => {
  test("answers GET and HEAD, and no POST", async () => {
    const path = page();
    const posted = await post(path, representation(path));
    const body = await posted.text();
    expect(xCache(posted)).toBe("BYPASS");
    expect(cacheStatus(posted)).toStartWith("caching-proxy; fwd=method; fwd-status=200; stored; ttl=");
    expect(cacheStatus(posted)).toEndWith(`; key="${path}"`);
    const asked = stub.seen.length;
    expect(await outcome(proxy, path)).toEqual(["HIT", body]);
    const head = await ask(proxy, path, { method: "HEAD" });
    expect([xCache(head), head.headers.get("content-length")]).toEqual(["HIT", String(body.length)]);
    expect(stub.seen).toHaveLength(asked);
    await (await post(path, representation(path))).text();
    expect(stub.seen).toHaveLength(asked + 1);
  });

  test("takes the place of what it invalidates, in all variants", async () => {
    const path = page();
    const vary = { "x-answer": JSON.stringify({ ...representation(path), vary: "Accept-Language" }) };
    const get = (language: string) => outcome(proxy, path, { headers: { ...vary, "accept-language": language } });
    await get("de");
    expect((await get("de"))[0]).toBe("HIT");
    const posted = await post(path, { ...representation(path), vary: "Accept-Language" }, { "accept-language": "fr" });
    expect(await get("fr")).toEqual(["HIT", await posted.text()]);
    expect((await get("de"))[0]).toBe("MISS");
  });

  test.each([20, 300_000])("by our own name for it, with a body of %d bytes and more", async (size) => {
    const path = page();
    const posted = await (await post(path, { ...representation(proxy.url + path), size })).text();
    expect(posted.length).toBeGreaterThan(size);
    const [cached, body] = await outcome(proxy, path);
    expect([cached, body === posted]).toEqual(["HIT", true]);
  });

  test("whole, though the POST had a Range, which means nothing there (RFC 9110 §14.2)", async () => {
    const path = page();
    const posted = await post(path, representation(path), { range: "bytes=0-1" });
    const body = await posted.text();
    expect([posted.status, body.length > 2]).toEqual([200, true]);
    expect(await outcome(proxy, path)).toEqual(["HIT", body]);
  });

  test("for all URLs that its No-Vary-Search makes equivalent", async () => {
    const path = `${page()}&utm=1`;
    const answer = { ...representation(path), "no-vary-search": 'params=("utm")' };
    for (let i = 0; i < 2; i++) {
      const body = await (await post(path, answer)).text();
      expect(await outcome(proxy, path.replace("utm=1", "utm=2"))).toEqual(["HIT", body]);
    }
  });

  test("and is validated and freshened as any other", async () => {
    const path = page();
    await (await post(path, { ...representation(path), etag: '"p"', "cache-control": "max-age=0" })).text();
    const answer = { status: 304, etag: '"p"', "cache-control": "max-age=60" };
    const [cached, body] = await outcome(proxy, path, { headers: { "x-answer": JSON.stringify(answer) } });
    expect(cached).toBe("REVALIDATED");
    expect(body).toStartWith("POST new");
    expect(await outcome(proxy, path)).toEqual(["HIT", body]);
  });
});

describe("RFC 9110 §9.3.3: what is not stored", () => {
  test.each<[string, Answer, Record<string, string>]>([
    ["no Content-Location", { "content-location": "" }, {}],
    ["another Content-Location", { "content-location": "/other" }, {}],
    ["no explicit freshness", { "cache-control": "public" }, {}],
    ["another status", { status: 201 }, {}],
    ["no-store", { "cache-control": "max-age=60, no-store" }, {}],
    ["private", { "cache-control": "max-age=60, private" }, {}],
    ["Vary: *", { vary: "*" }, {}],
    ["the request's no-store", {}, { "cache-control": "no-store" }],
    ["RFC 9111 §3.5: Authorization", {}, { authorization: "Bearer alice" }],
  ])("%s", async (_, answer, headers) => {
    const path = page();
    const posted = await post(path, { ...representation(path), ...answer }, headers);
    await posted.text();
    expect(cacheStatus(posted)).not.toContain("stored");
    expect((await outcome(proxy, path))[0]).toBe("MISS");
  });

  test("what may be the target of another request (Bun merges bytes that are not UTF-8)", async () => {
    const answer = JSON.stringify({ "content-location": "/page/%EF%BF%BD", "cache-control": "max-age=60" });
    const fields = `Host: localhost\r\nConnection: close\r\nContent-Length: 0\r\nX-Answer: ${answer}`;
    const response = await exchange(proxy.port, `POST /page/\xff HTTP/1.1\r\n${fields}\r\n\r\n`);
    expect(fieldsOf(response).get("cache-status")).toBe("caching-proxy; fwd=method; fwd-status=200");
  });

  test.each(["PUT", "PATCH", "DELETE"])("an answer to %s", async (method) => {
    const path = page();
    const headers = { "x-answer": JSON.stringify(representation(path)) };
    await (await ask(proxy, path, { method, body: "new", headers })).text();
    expect((await outcome(proxy, path))[0]).toBe("MISS");
  });

  test("RFC 9111 §4.4: what another request has invalidated while it was under way", async () => {
    const path = page();
    const slow = post(path, representation(path), { "x-wait": "1" });
    await waiting.promise;
    await (await ask(proxy, path, { method: "DELETE" })).text();
    gates[0]?.resolve();
    const posted = await slow;
    await posted.text();
    expect(cacheStatus(posted)).toEndWith("detail=invalidated");
    expect((await outcome(proxy, path))[0]).toBe("MISS");
  });

  test("RFC 9111 §4.4: the same where what was invalidated is but equivalent to it", async () => {
    const path = `${page()}&utm=1`;
    const answer = { ...representation(path), "no-vary-search": 'params=("utm")' };
    await (await post(path, answer)).text();
    const slow = post(path, answer, { "x-wait": "1" });
    await waiting.promise;
    await (await ask(proxy, path.replace("utm=1", "utm=2"), { method: "DELETE" })).text();
    gates[0]?.resolve();
    const posted = await slow;
    await posted.text();
    expect(cacheStatus(posted)).toEndWith("detail=invalidated");
    expect((await outcome(proxy, path))[0]).toBe("MISS");
  });

  test("RFC 9111 §4.4: what a GET that was asked for before brings after it", async () => {
    const path = page();
    const headers = { "x-wait": "1", "x-answer": JSON.stringify(representation(path)) };
    const slow = ask(proxy, path, { headers });
    await waiting.promise;
    const posted = await (await post(path, representation(path))).text();
    gates[0]?.resolve();
    expect(await (await slow).text()).toStartWith("GET");
    expect(await outcome(proxy, path)).toEqual(["HIT", posted]);
  });
});
