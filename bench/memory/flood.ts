/** Run in a process of its own: whether the real command holds its bound while it is asked for one URL after the other. */

import { readFileSync } from "node:fs";
import { origin, ours, type Server } from "../harness/servers.ts";
import { load } from "../harness/wrk.ts";

/** What one flood found, in bytes. */
export type Flood = {
  readonly maxBytes: number;
  /** What the process grew by at most, and once the flood was over. */
  readonly peak: number;
  readonly after: number;
  readonly counted: number;
  readonly entries: number;
  /** How many responses came and went for each that there was room for. */
  readonly turns: number;
};

const MB = 1024 * 1024;
const CONNECTIONS = 64;
const SECONDS = 5;
const MOST_ROUNDS = 14;
/** So often all that fits has gone before it counts as a flood. */
const TURNS = 2;

const maxBytes = Number(process.argv[2] ?? 256 * MB);

function resident({ pid }: Server): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) * 1024;
}

type Cache = { readonly entries: number; readonly bytes: number; readonly evictions: number };

async function cacheOf({ url }: Server): Promise<Cache> {
  const stats: { readonly cache: Cache } = JSON.parse(await (await fetch(`${url}/__admin/stats`)).text());
  return stats.cache;
}

async function flood(server: Server, path: string): Promise<void> {
  const on = { url: server.url + path, seconds: SECONDS, connections: CONNECTIONS, headers: {} };
  await load({ ...on, script: "distinct.lua" });
}

await using stack = new AsyncDisposableStack();
const files = await origin(stack);
const proxy = await ours(stack, files, ["--log", "off", "--max-size", String(maxBytes)]);
// What serving takes by itself, without a store, is no growth of the store.
await flood(proxy, "/pass/0-");
const before = resident(proxy);
let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, resident(proxy));
}, 50);
let cache = await cacheOf(proxy);
for (let round = 1; round <= MOST_ROUNDS && cache.evictions < TURNS * cache.entries + 1; round++) {
  await flood(proxy, `/stored/${round}-`);
  cache = await cacheOf(proxy);
}
clearInterval(watch);
const found: Flood = {
  maxBytes,
  peak: peak - before,
  after: resident(proxy) - before,
  counted: cache.bytes,
  entries: cache.entries,
  turns: cache.evictions / cache.entries,
};
console.log(JSON.stringify(found));
