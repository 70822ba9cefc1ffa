import { expect, test } from "bun:test";
import type { Second } from "../../src/observe/history.ts";
import { cleanup } from "./cleanup.ts";
import { origin } from "./origin.ts";
import { ask, type RunningProxy, startProxy } from "./proxy.ts";
import { lineToEach } from "./workers.ts";

const shared = cleanup();
const stub = origin(shared, () => new Response("body", { headers: { "cache-control": "max-age=600" } }));

async function history(of: RunningProxy, query = ""): Promise<readonly Second[]> {
  return JSON.parse(await (await ask(of, `/__admin/history${query}`)).text()).seconds;
}

test("GET /__admin/history tells what all workers passed in each second", async () => {
  await using stack = new AsyncDisposableStack();
  const several = await startProxy(stack, stub.url, "--workers 2 --log off");
  const [a, b] = await lineToEach(stack, several, 2);
  for (const line of [a, b]) for (let i = 0; i < 3; i++) await line?.get("/x");
  const over = Math.floor(Date.now() / 1000) * 1000;
  let seconds: readonly Second[];
  do seconds = await history(several);
  while ((seconds.at(-1)?.at ?? 0) < over);
  const sum = (of: (second: Second) => number): number => seconds.reduce((total, second) => total + of(second), 0);
  expect([sum(({ requests }) => requests.hit), sum(({ requests }) => requests.miss)]).toEqual([4, 2]);
  expect([sum(({ bytesSaved }) => bytesSaved), sum(({ originCount }) => originCount)]).toEqual([16, 2]);
  expect(seconds.some(({ originMs = 0 }) => originMs > 0)).toBe(true);
  expect(seconds.some(({ cacheMs = 0 }) => cacheMs > 0)).toBe(true);
  const last = seconds.at(-1)?.at ?? 0;
  expect((await history(several, `?since=${last}`))[0]).toEqual(seconds.at(-1));

  expect((await ask(several, "/__admin/history?since=now")).status).toBe(400);
  expect((await ask(several, "/__admin/history?sinse=1")).status).toBe(400);
  expect((await ask(several, "/__admin/history", { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
});
