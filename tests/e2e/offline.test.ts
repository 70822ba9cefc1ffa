import { expect, test } from "bun:test";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";
import { fieldsOf } from "./raw.ts";
import { lineToEach, statistics } from "./workers.ts";

const shared = cleanup();
const STALE = { "cache-control": "max-age=0, must-revalidate", etag: '"1"' };

async function put(proxy: RunningProxy, body: unknown): Promise<readonly [number, unknown]> {
  const response = await ask(proxy, "/__admin/offline", { method: "PUT", body: JSON.stringify(body) });
  const told: { detail?: string } = JSON.parse(await response.text());
  return [response.status, response.ok ? told : told.detail];
}

test("offline what is stored answers, stale too, and nothing else does, until it is online again", async () => {
  const stub = origin(shared, counted(STALE));
  const proxy = await startProxy(shared, stub.url);
  await ask(proxy, "/a");
  expect(await put(proxy, { offline: true })).toEqual([200, { offline: true, complete: true }]);
  expect(await (await ask(proxy, "/__admin/offline")).json()).toEqual({ offline: true });
  expect((await outcome(proxy, "/a"))[0]).toBe("STALE");
  const absent = await ask(proxy, "/b");
  expect([absent.status, xCache(absent)]).toEqual([504, "MISS"]);
  expect(cacheStatus(absent)).toEndWith("detail=offline");
  expect((await ask(proxy, "/a", { method: "POST" })).status).toBe(504);
  const socket = new WebSocket(`${proxy.url.replace("http", "ws")}/a`);
  await new Promise((resolve) => socket.addEventListener("error", resolve, { once: true }));
  expect(stub.seen).toHaveLength(1);
  expect(await put(proxy, { offline: false })).toEqual([200, { offline: false, complete: true }]);
  expect((await ask(proxy, "/b")).status).toBe(200);
});

test("who was started with --offline can be put online, and who was with --frozen cannot", async () => {
  const stub = origin(shared, counted(STALE));
  const proxy = await startProxy(shared, stub.url, "--offline");
  expect((await ask(proxy, "/a")).status).toBe(504);
  await put(proxy, { offline: false });
  expect((await ask(proxy, "/a")).status).toBe(200);
  expect((await put(proxy, { offline: "yes" }))[0]).toBe(400);
  const frozen = await startProxy(shared, stub.url, `--frozen --fixtures ${scratch(shared)}`);
  expect(await put(frozen, { offline: false })).toEqual([
    400,
    "The proxy runs with --frozen: fixtures alone answer, and the origin is not asked.",
  ]);
});

test("nothing is recorded of what was not answered", async () => {
  const stub = origin(shared, counted(STALE));
  const proxy = await startProxy(shared, stub.url, `--fixtures ${scratch(shared)}`);
  await put(proxy, { offline: true });
  expect((await ask(proxy, "/a")).status).toBe(504);
  await put(proxy, { offline: false });
  expect((await ask(proxy, "/a")).status).toBe(200);
});

test("all workers go offline, and one that takes a crashed one's place does", async () => {
  const stub = origin(shared, counted(STALE));
  const proxy = await startProxy(shared, stub.url, "--workers 2");
  const lines = await lineToEach(shared, proxy, 2);
  await put(proxy, { offline: true });
  for (const line of lines) expect(fieldsOf(await line.get("/x")).get("cache-status")).toEndWith("detail=offline");
  const [first] = (await statistics(proxy)).workers;
  process.kill(first?.pid ?? 0, "SIGKILL");
  const isAnew = (all: readonly { readonly restarts: number }[]) => all.some(({ restarts }) => restarts === 1);
  while (
    !isAnew(
      await statistics(proxy).then(
        ({ workers }) => workers,
        () => [],
      ),
    )
  );
  for (const line of await lineToEach(shared, proxy, 2))
    expect(fieldsOf(await line.get("/x")).get("cache-status")).toEndWith("detail=offline");
});
