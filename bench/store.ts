/** Hits a second from each tier below the memory on one core, beside nginx's cache on disk in the same run. */

import { join } from "node:path";
import { numberAt } from "../src/commands/json-shape.ts";
import { LOAD, needTwoCores, startOn } from "./harness/cores.ts";
import { type Line, report } from "./harness/report.ts";
import { interleaved } from "./harness/rounds.ts";
import { freePort, listening, scratch } from "./harness/scratch.ts";
import { nginx, origin, ours, type Server } from "./harness/servers.ts";
import { tool } from "./harness/tools.ts";
import { load } from "./harness/wrk.ts";

needTwoCores();

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 3);
const CONNECTIONS = 64;

/** So little memory that a URL is gone from it long before it is asked for again. */
const LITTLE = ["--max-size", "1mb", "--max-entry-size", "1mb"];
/** The name by which all are asked: what was stored under another one, such as that of another port, is not found. */
const HOST = { Host: "bench.example" };
/** In how many portions a tier is filled, each once the one before it is there. */
const PORTIONS = 20;
/** How long what was stored may take to get below, where nobody counts it there. */
const WRITTEN_AFTER_MS = 3000;
/** The same where the statistics say how much is there, on a machine that others use too. */
const LONGEST_WAIT_MS = 60_000;

/** Gives the `--store` of a tier that is there. */
type Tier = (stack: AsyncDisposableStack) => Promise<string>;

/** The servers of Redis and Memcached run beside the load, as on a machine of their own. */
const TIERS: Readonly<Record<string, Tier>> = {
  sqlite: async (stack) => `sqlite:${join(await scratch(stack), "cache.db")}`,
  redis: async (stack) => {
    const port = await beside(stack, (port) => ["redis-server", "--port", String(port), "--save", ""]);
    return `redis://127.0.0.1:${port}`;
  },
  memcached: async (stack) => {
    const port = await beside(stack, (port) => [
      "memcached",
      "-u",
      "nobody",
      "-l",
      "127.0.0.1",
      "-m",
      "1024",
      "-p",
      String(port),
    ]);
    return `memcached://127.0.0.1:${port}`;
  },
};

const lines: Line[] = [];
for (const [size, path, urls] of [
  ["1 KB", "/stored/", 20_000],
  ["100 KB", "/hundred/", 2_000],
] as const) {
  lines.push({ scenario: size, samples: await measure(path, urls) });
}
await report(
  `Hits below the memory on one core, ${CONNECTIONS} connections, medians of ${ROUNDS} rounds`,
  "nginx",
  "k/s",
  lines,
);

async function measure(path: string, urls: number) {
  await using stack = new AsyncDisposableStack();
  const files = await origin(stack);
  const servers = new Map<string, Server>();
  for (const [name, tier] of Object.entries(TIERS)) {
    const store = ["--log", "off", "--store", await tier(stack)];
    await filled(files, store, path, urls);
    servers.set(name, await ours(stack, files, [...store, ...LITTLE]));
  }
  servers.set("memory", await ours(stack, files, ["--log", "off", "--max-size", "1gb"]));
  servers.set("nginx", await nginx(stack, files, "no-log"));
  for (const { url } of servers.values()) await askedForAll(`${url}${path}`, urls);
  const samples = await interleaved(ROUNDS, [...servers.keys()], async (name) => {
    const { url } = servers.get(name) ?? files;
    const script = "cycle.lua";
    const asked = { url: url + path, seconds: SECONDS, connections: CONNECTIONS, headers: HOST };
    return (await load({ ...asked, script, words: [String(urls)] })).perSecond / 1000;
  });
  for (const [name, { url }] of servers) await mustBeHits(name, `${url}${path}`, urls);
  return samples;
}

/** Fills a tier by a proxy that has memory enough, no faster than the tier takes it. */
async function filled(files: Server, flags: readonly string[], path: string, urls: number): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const { url } = await ours(stack, files, [...flags, "--max-size", "1gb"]);
  const portion = Math.ceil(urls / PORTIONS);
  for (let from = 0; from < urls; from += portion) {
    const to = Math.min(from + portion, urls);
    await askedForAll(`${url}${path}`, to, from);
    const deadline = performance.now() + LONGEST_WAIT_MS;
    while ((await entriesBelow(url)) < to && performance.now() < deadline) await Bun.sleep(50);
  }
  await Bun.sleep(WRITTEN_AFTER_MS);
}

/** How much lies in the store of a proxy; infinitely much where it cannot tell. */
async function entriesBelow(url: string): Promise<number> {
  const stats: unknown = await (await fetch(`${url}/__admin/stats`)).json();
  return numberAt(stats, "store", "entries") ?? Number.POSITIVE_INFINITY;
}

async function askedForAll(from: string, urls: number, first = 0): Promise<void> {
  let next = first;
  const ask = async (): Promise<void> => {
    while (next < urls) await (await fetch(from + next++, { headers: HOST })).bytes();
  };
  await Promise.all(Array.from({ length: 16 }, ask));
}

/** @throws Error where the figures were not of hits */
async function mustBeHits(name: string, from: string, urls: number): Promise<void> {
  let hits = 0;
  for (let i = 0; i < 200; i++) {
    const answer = await fetch(from + Math.floor((i * urls) / 200), { headers: HOST });
    await answer.bytes();
    if (answer.headers.get("x-cache") === "HIT") hits++;
  }
  // Of a remote tier that is asked for all it can do, an answer now and then is late, and so a miss.
  if (hits < 190) throw new Error(`${name} answers only ${hits} of 200 from its cache: these are no figures of hits.`);
}

/** Starts a server on the core of the load. The port it listens on. */
async function beside(stack: AsyncDisposableStack, command: (port: number) => readonly string[]): Promise<number> {
  const port = freePort();
  const [program = "", ...args] = command(port);
  const server = await startOn(LOAD, [await tool(program), ...args]);
  stack.defer(() => server.stop());
  await listening(port);
  return port;
}
