/**
 * What a large disk tier adds to a start: the real command from its spawn to the first byte of a hit that it finds on the disk, with a
 * million entries, with a thousand, and without a tier, which answers its health check. The file is not in the kernel's cache then.
 */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheKey } from "../src/caching/key.ts";
import { read, type StoredResponse } from "../src/caching/stored.ts";
import { openSqlite } from "../src/store/sqlite/open.ts";
import { firstByte } from "./harness/first-byte.ts";
import { report } from "./harness/report.ts";
import { interleaved } from "./harness/rounds.ts";
import { freePort, scratch } from "./harness/scratch.ts";

const ENTRIES = Number(process.env.ENTRIES ?? 1_000_000);
const ROUNDS = Number(process.env.ROUNDS ?? 11);
const ORIGIN = "http://127.0.0.1:9";
const HOST = "cache.test";
/** Written at a time. */
const BATCH = 1000;
const GB = 1024 ** 3;
const policy = { defaultTtl: 0, maxEntrySize: GB };

const root = new URL("..", import.meta.url).pathname;
await using stack = new AsyncDisposableStack();
const folder = await scratch(stack);

const stores = new Map(["million", "thousand"].map((name) => [name, join(folder, `${name}.db`)]));
for (const [name, path] of stores) {
  const entries = name === "million" ? ENTRIES : 1000;
  await fill(path, entries);
  console.log(`${entries} entries, ${((await stat(path)).size / GB).toFixed(2)} GB`);
}

const samples = await interleaved(ROUNDS, ["million", "thousand", "no tier"], async (name) => {
  const store = stores.get(name);
  const port = freePort();
  const options = ["--port", String(port), "--host", "127.0.0.1", "--origin", ORIGIN, "--log", "off"];
  const command = [process.execPath, "--no-env-file", `${root}src/cli.ts`, ...options];
  if (store === undefined) return firstByte({ command, port, env: process.env });
  await forgetPages(store);
  const asked = { path: `/products/${Math.floor(Math.random() * 1000)}`, host: HOST, expect: "X-Cache: HIT" };
  return firstByte({ command: [...command, "--store", `sqlite:${store}`], port, env: process.env, asked });
});
await report(`From the spawn to the first byte of a hit, medians of ${ROUNDS} rounds`, "million", "ms", [
  { scenario: "first byte", samples },
]);

async function fill(path: string, entries: number): Promise<void> {
  const clock = () => ({ wall: Date.now(), steady: performance.now() });
  const { store } = await openSqlite(
    { type: "sqlite", path, maxBytes: 100 * GB },
    { clock, policy, report: console.error, namespace: "bench" },
  );
  for (let at = 0; at < entries; at += BATCH) {
    await store.putAll(Array.from({ length: Math.min(BATCH, entries - at) }, (_, i) => entry(at + i)));
  }
  await store[Symbol.asyncDispose]();
}

function entry(n: number): StoredResponse {
  const now = Date.now();
  const headers = new Headers({ "cache-control": "max-age=86400", "content-type": "text/plain", etag: `"${n}"` });
  const received = { status: 200, headers, requestTime: now, responseTime: now, sentAt: now, arrivedAt: now };
  return {
    key: cacheKey(new URL(`/products/${n}`, ORIGIN)),
    method: "GET",
    headers,
    body: new Blob([`product ${n}\n`.repeat(20)]),
    publicOrigin: `http://${HOST}`,
    selecting: [],
    reading: read(received, false, policy),
    groups: [],
    sentAt: now,
  };
}

/** So that what is read comes from the disk. */
async function forgetPages(path: string): Promise<void> {
  await Bun.spawn(["dd", `if=${path}`, "iflag=nocache", "count=0"], { stdout: "ignore", stderr: "ignore" }).exited;
}
