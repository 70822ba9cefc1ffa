import { describe, expect, test } from "bun:test";
import { until } from "../sharing/until.ts";
import { startRedis } from "../store/redis-server.ts";
import { cleanup } from "./cleanup.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { askByName, outcomeByName, startProxies } from "./proxies.ts";
import { ask, type RunningProxy } from "./proxy.ts";

const shared = cleanup();
const redis = await startRedis(shared);
const fresh = { headers: { "cache-control": "max-age=60" } };

type Answer = (request: Request, count: number) => Response | Promise<Response>;

/**
 * A test of what is promised as long as Redis answers in time, which is 50 ms: where the machine was too busy for that, it is done again.
 * @param body puts the proxies that it starts into `started`
 */
function whileInTime(body: (started: RunningProxy[]) => Promise<void>): () => Promise<void> {
  return async () => {
    for (let attempt = 1; ; attempt++) {
      const started: RunningProxy[] = [];
      try {
        await body(started);
        return;
      } catch (error) {
        const late = await Promise.all(started.map(missedRedis));
        if (attempt === ATTEMPTS || !late.includes(true)) throw error;
      }
    }
  };
}

const ATTEMPTS = 10;

/** Whether a proxy had no answer of Redis in time, as it says itself. */
async function missedRedis(proxy: RunningProxy): Promise<boolean> {
  if (proxy.stderr.all.some((line) => /Redis (?:did not|at .* cannot)/.test(line))) return true;
  // One that was killed says nothing.
  const stats = await ask(proxy, "/__admin/stats").catch(() => undefined);
  if (stats === undefined) return false;
  const { store }: { store: { errors: number } } = JSON.parse(await stats.text());
  return store.errors > 0;
}

/** Proxies that take turns before an origin that holds its answers to GET until the gate opens. */
async function gatedProxies(started: RunningProxy[], answer: Answer, { count = 3, flags = "", server = redis } = {}) {
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  const stub = origin(shared, async (request) => {
    asked++;
    const mine = asked;
    await gate.promise;
    return answer(request, mine);
  });
  const how = `--collapse shared ${flags}`.trim();
  const proxies = await startProxies(shared, { count, origin: stub.url, redis: server, flags: how });
  started.push(...proxies);
  return { stub, proxies, open: gate.resolve };
}

/** Asks every proxy so many times at once, and waits until the origin was asked by one of them and the others had time to do so. */
async function crowd(proxies: readonly RunningProxy[], stub: StubOrigin, each: number, init: RequestInit = {}) {
  const answers = proxies.flatMap((proxy) => Array.from({ length: each }, () => askByName(proxy, "/x", init)));
  // A round trip behind them: they have been taken in.
  await Promise.all(proxies.map((proxy) => ask(proxy, "/health")));
  await until("the origin was asked", () => stub.seen.length > 0);
  // Nothing tells when one of them does not ask; a wrong one would long since have.
  await Bun.sleep(50);
  return answers;
}

async function texts(answers: readonly Promise<Response>[]): Promise<readonly string[]> {
  return Promise.all(answers.map(async (answer) => (await answer).text()));
}

describe("--collapse shared", () => {
  test(
    "one request to the origin answers all who ask for the same at any of the proxies",
    whileInTime(async (started) => {
      const { stub, proxies, open } = await gatedProxies(started, (_, count) => new Response(`answer ${count}`, fresh));
      const answers = await crowd(proxies, stub, 5);
      expect(stub.seen).toHaveLength(1);
      open();
      expect(await texts(answers)).toEqual(answers.map(() => "answer 1"));
      expect(stub.seen).toHaveLength(1);
      const statuses = await Promise.all(answers.map(async (answer) => (await answer).headers.get("x-cache")));
      expect(statuses.filter((status) => status === "MISS")).toHaveLength(1);
    }),
  );

  test(
    "also a body that is streamed, of workers too",
    whileInTime(async (started) => {
      const body = "0123456789".repeat(50_000);
      const { stub, proxies, open } = await gatedProxies(
        started,
        () =>
          new Response(
            new ReadableStream<Uint8Array>({
              async pull(controller) {
                controller.enqueue(new TextEncoder().encode(body));
                controller.close();
              },
            }),
            fresh,
          ),
        { count: 2, flags: "--workers 2" },
      );
      const answers = await crowd(proxies, stub, 6);
      open();
      expect((await texts(answers)).every((text) => text === body)).toBe(true);
      expect(stub.seen).toHaveLength(1);
    }),
  );

  test(
    "each variant is fetched once",
    whileInTime(async (started) => {
      const { stub, proxies, open } = await gatedProxies(started, (request) => {
        const language = request.headers.get("accept-language");
        return new Response(language, { headers: { "cache-control": "max-age=60", vary: "Accept-Language" } });
      });
      const en = await crowd(proxies, stub, 2, { headers: { "accept-language": "en" } });
      const fr = await crowd(proxies, stub, 2, { headers: { "accept-language": "fr" } });
      open();
      expect(new Set(await texts(en))).toEqual(new Set(["en"]));
      expect(new Set(await texts(fr))).toEqual(new Set(["fr"]));
      expect(stub.seen.map(({ headers }) => headers.get("accept-language")).sort()).toEqual(["en", "fr"]);
    }),
  );

  test.each([
    ["may not be stored", () => new Response("own", { headers: { "cache-control": "no-store" } })],
    ["is an error of the origin", () => new Response("no", { status: 500 })],
  ])("an answer that %s lets all others go at once", (_, answer) =>
    whileInTime(async (started) => {
      const first = Promise.withResolvers<void>();
      const others = Promise.withResolvers<void>();
      const { stub, proxies, open } = await gatedProxies(started, async (_request, count) => {
        // All who were let go of are at the origin at the same time, or they would wait for each other here.
        if (count === 1) first.resolve();
        if (count === 3) others.resolve();
        if (count > 1) await others.promise;
        return answer();
      });
      const answers = await crowd(proxies, stub, 1);
      open();
      await first.promise;
      await texts(answers);
      expect(stub.seen).toHaveLength(3);
    })(),
  );

  test.concurrent(
    "one validation is for all",
    whileInTime(async (started) => {
      let asked = 0;
      const gate = Promise.withResolvers<void>();
      const stub = origin(shared, async (request) => {
        asked++;
        const date = new Date().toUTCString();
        if (!request.headers.has("if-none-match")) {
          return new Response("page", { headers: { etag: '"v"', "cache-control": "max-age=1", date } });
        }
        await gate.promise;
        return new Response(null, { status: 304, headers: { etag: '"v"', "cache-control": "max-age=60", date } });
      });
      const proxies = await startProxies(shared, {
        ...{ count: 3, origin: stub.url, redis, flags: "--collapse shared" },
      });
      started.push(...proxies);
      for (const proxy of proxies)
        await until("all have it", async () => (await outcomeByName(proxy, "/x"))[1] === "page");
      // Lifetimes have whole seconds, and the command has no clock but the real one.
      await Bun.sleep(1100);
      const before = asked;
      const answers = await crowd(proxies, stub, 2);
      await until("the origin was asked anew", () => asked > before);
      gate.resolve();
      expect(new Set(await texts(answers))).toEqual(new Set(["page"]));
      expect(asked).toBe(before + 1);
    }),
  );

  test.concurrent(
    "a holder that is killed is followed by another one",
    whileInTime(async (started) => {
      const { stub, proxies, open } = await gatedProxies(started, (_, count) => new Response(`answer ${count}`, fresh));
      const [holder, ...others] = proxies;
      if (holder === undefined) throw new Error("three");
      const lost = (await crowd([holder], stub, 1)).map((answer) => answer.catch(() => "lost"));
      const answers = others.flatMap((proxy) => [askByName(proxy, "/x"), askByName(proxy, "/x")]);
      process.kill(holder.pid, "SIGKILL");
      expect(await Promise.all(lost)).toEqual(["lost"]);
      await until("another one asks", () => stub.seen.length === 2);
      open();
      expect(await texts(answers)).toEqual(answers.map(() => "answer 2"));
      expect(stub.seen).toHaveLength(2);
    }),
  );

  test("a Redis that hangs lets each proxy ask for itself", async () => {
    const server = await startRedis(shared);
    const { stub, proxies, open } = await gatedProxies([], (_, count) => new Response(`answer ${count}`, fresh), {
      server,
    });
    server.pause();
    const answers = await crowd(proxies, stub, 4);
    await until("each asks for itself", () => stub.seen.length === 3);
    open();
    expect(new Set(await texts(answers)).size).toBe(3);
    server.resume();
  });
});
