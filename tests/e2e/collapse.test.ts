import { describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { crowd, gated } from "./crowd.ts";
import { origin } from "./origin.ts";
import { ask, cacheStatus, outcome, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();

const fresh = { headers: { "cache-control": "max-age=60" } };

describe("collapsed forwarding", () => {
  test("who asks for the same at the same time gets one answer of the origin", async () => {
    const site = await gated(shared, (_, count) => new Response(`answer ${count}`, fresh));
    const answers = await crowd(site, 20);
    site.open();
    const responses = await Promise.all(answers);
    expect(await Promise.all(responses.map((response) => response.text()))).toEqual(responses.map(() => "answer 1"));
    expect(site.stub.seen).toHaveLength(1);
    expect(responses.map(xCache)).toEqual(["MISS", ...Array.from({ length: 19 }, () => "HIT")]);
    // Who was late by a moment finds it stored.
    const words = responses.slice(1).map((response) => cacheStatus(response).replace(/ttl=\d+/, "ttl=n"));
    expect(words).toContain('caching-proxy; fwd=uri-miss; collapsed; ttl=n; key="/x"');
  });

  test("an answer that is for who asked lets all the others go at once, and nobody waits the next time", async () => {
    const site = await gated(
      shared,
      (_, count) => new Response(`answer ${count}`, { headers: { "cache-control": "no-store" } }),
    );
    const answers = await crowd(site, 5);
    site.open();
    const texts = await Promise.all(answers.map(async (answer) => (await answer).text()));
    expect(new Set(texts).size).toBe(5);
    expect(site.stub.seen).toHaveLength(5);
  });

  test("each variant is fetched for itself", async () => {
    const site = await gated(shared, (request) => {
      const language = request.headers.get("accept-language");
      return new Response(language, { headers: { "cache-control": "max-age=60", vary: "Accept-Language" } });
    });
    const en = ask(site.proxy, "/x", { headers: { "accept-language": "en" } });
    await site.asked;
    const fr = ask(site.proxy, "/x", { headers: { "accept-language": "fr" } });
    await ask(site.proxy, "/health");
    site.open();
    expect([await (await en).text(), await (await fr).text()]).toEqual(["en", "fr"]);
    expect(site.stub.seen).toHaveLength(2);
  });

  test("the body reaches those who wait while it is still arriving", async () => {
    const second = Promise.withResolvers<void>();
    const site = await gated(shared, () => {
      const parts = ["first ", "second"];
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const part = parts.shift();
          if (part === "second") await second.promise;
          if (part === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(part));
        },
      });
      return new Response(body, fresh);
    });
    const answers = await crowd(site, 3);
    site.open();
    const readers = await Promise.all(answers.map(async (answer) => (await answer).body?.getReader()));
    for (const reader of readers) {
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("first ");
    }
    // One who comes now joins too.
    const late = ask(site.proxy, "/x");
    await ask(site.proxy, "/health");
    second.resolve();
    for (const reader of readers) {
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("second");
    }
    expect(await (await late).text()).toBe("first second");
    expect(site.stub.seen).toHaveLength(1);
    expect(await outcome(site.proxy, "/x")).toEqual(["HIT", "first second"]);
  });

  test("a leader that leaves does not take the answer away from the others", async () => {
    const site = await gated(shared, () => new Response("for the others", fresh));
    const leaving = new AbortController();
    const leader = ask(site.proxy, "/x", { signal: leaving.signal }).catch(() => "left");
    await site.asked;
    const follower = ask(site.proxy, "/x");
    await ask(site.proxy, "/health");
    leaving.abort();
    expect(await leader).toBe("left");
    await ask(site.proxy, "/health");
    site.open();
    expect(await (await follower).text()).toBe("for the others");
    expect(site.stub.seen).toHaveLength(1);
  });

  test("when all have left, the origin is left too", async () => {
    const gone = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const stub = origin(shared, (request) => {
      request.signal.addEventListener("abort", () => gone.resolve());
      asked.resolve();
      return new Promise<Response>(() => undefined);
    });
    const proxy = await startProxy(shared, stub.url);
    const leaving = new AbortController();
    const clients = [ask(proxy, "/x", { signal: leaving.signal }).catch(() => "left")];
    await asked.promise;
    clients.push(ask(proxy, "/x", { signal: leaving.signal }).catch(() => "left"));
    await ask(proxy, "/health");
    leaving.abort();
    expect(await Promise.all(clients)).toEqual(["left", "left"]);
    await gone.promise;
  });

  test("an origin that fails the one fails each for itself", async () => {
    const site = await gated(shared, (_, count) =>
      count === 1 ? new Response("no", { status: 500 }) : new Response("yes", fresh),
    );
    const answers = await crowd(site, 3);
    site.open();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 500]);
  });

  test("RFC 9111 §4.3: one validation is for all who wait for it", async () => {
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const stub = origin(shared, async (request) => {
      if (!request.headers.has("if-none-match")) {
        // Bun's own Date may be of the second before, which would be the whole lifetime.
        const date = new Date().toUTCString();
        return new Response("page", { headers: { etag: '"v"', "cache-control": "max-age=1", date } });
      }
      asked.resolve();
      await gate.promise;
      return new Response(null, { status: 304, headers: { etag: '"v"', "cache-control": "max-age=60" } });
    });
    const proxy = await startProxy(shared, stub.url);
    await outcome(proxy, "/x");
    // Lifetimes have whole seconds, and the command has no clock but the real one.
    await Bun.sleep(1100);
    const answers = await crowd({ proxy, asked: asked.promise }, 4);
    gate.resolve();
    const responses = await Promise.all(answers);
    expect(responses.map(xCache)).toEqual(["REVALIDATED", "HIT", "HIT", "HIT"]);
    expect(stub.seen).toHaveLength(2);
  });

  test("what was asked for before a change is not for who asks after it", async () => {
    const rest = Promise.withResolvers<void>();
    let version = 1;
    const stub = origin(shared, (request) => {
      if (request.method === "POST") return new Response(`v${++version}`);
      const seen = `v${version}`;
      const parts = [seen, seen];
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (parts.length === 1 && seen === "v1") await rest.promise;
          const part = parts.shift();
          if (part === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(part));
        },
      });
      return new Response(body, fresh);
    });
    const proxy = await startProxy(shared, stub.url);
    const before = await ask(proxy, "/x");
    await ask(proxy, "/x", { method: "POST" });
    expect(await outcome(proxy, "/x")).toEqual(["MISS", "v2v2"]);
    rest.resolve();
    expect(await before.text()).toBe("v1v1");
  });

  test("an error of the moment does not keep the next ones apart", async () => {
    const failed = await gated(shared, (_, count) =>
      count === 1 ? new Response("down", { status: 500 }) : new Response(`answer ${count}`, fresh),
    );
    failed.open();
    expect((await ask(failed.proxy, "/x")).status).toBe(500);
    const texts = await Promise.all(Array.from({ length: 10 }, async () => (await ask(failed.proxy, "/x")).text()));
    expect(texts).toEqual(texts.map(() => "answer 2"));
  });

  test("an exchange that stalls holds nobody up for longer than --timeout", async () => {
    let count = 0;
    const stub = origin(shared, () => {
      if (++count > 1) return new Response("at once", fresh);
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) =>
          count++ === 1 ? controller.enqueue(new TextEncoder().encode("a")) : new Promise<void>(() => undefined),
      });
      return new Response(body, fresh);
    });
    const proxy = await startProxy(shared, stub.url, "--timeout 300ms");
    const leaving = new AbortController();
    const stalled = await ask(proxy, "/x", { signal: leaving.signal });
    for (;;) {
      // Whoever joins gets the same nothing; whoever comes late enough does not.
      const impatient = AbortSignal.timeout(200);
      const text = await ask(proxy, "/x", { signal: impatient }).then(
        (response) => response.text().catch(() => "stalled"),
        () => "stalled",
      );
      if (text === "at once") break;
    }
    expect(stalled.status).toBe(200);
    leaving.abort();
  });

  test.each<[string, RequestInit]>([
    ["who names himself", { headers: { authorization: "a" } }],
    ["who wants a part", { headers: { range: "bytes=0-1" } }],
    ["who has a copy", { headers: { "if-none-match": '"x"' } }],
    ["who wants nothing from the cache", { headers: { "cache-control": "no-cache" } }],
    ["HEAD", { method: "HEAD" }],
  ])("%s asks for himself", async (_, init) => {
    const site = await gated(shared, () => new Response("ok", fresh));
    const first = ask(site.proxy, "/x", init);
    await site.asked;
    const second = ask(site.proxy, "/x", init);
    while (site.stub.seen.length < 2) await ask(site.proxy, "/health");
    site.open();
    await Promise.all([first, second]);
  });
});
