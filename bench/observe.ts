/** What records, counters and a watcher cost a hit on one core: the proxy without its observing layer beside it as it is, in one run. */

import { LOAD, needTwoCores, startOn } from "./harness/cores.ts";
import { cpuSeconds } from "./harness/cpu.ts";
import { reportAll } from "./harness/report.ts";
import { interleaved, type Samples } from "./harness/rounds.ts";
import { type Observed, observed, origin, type Server } from "./harness/servers.ts";
import { load } from "./harness/wrk.ts";

needTwoCores();

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const SECONDS = Number(process.env.SECONDS ?? 3);
const CONNECTIONS = 64;
const PATH = "/stored/a";
const SHIPPED = "as shipped, nobody watches";
const SUBJECTS = new Map<string, { readonly how: Observed; readonly watched: boolean }>([
  ["no records", { how: "none", watched: false }],
  ["counters alone", { how: "counters", watched: false }],
  [SHIPPED, { how: "shipped", watched: false }],
  ["one watches", { how: "shipped", watched: true }],
]);

await using stack = new AsyncDisposableStack();
const files = await origin(stack);
const servers = new Map<string, Server>();
for (const [name, { how, watched }] of SUBJECTS) {
  const server = await observed(stack, files, how);
  // Twice: the second answer is a hit.
  for (const outcome of ["MISS", "HIT"]) {
    const response = await fetch(server.url + PATH);
    await response.bytes();
    if (response.headers.get("x-cache") !== outcome) throw new Error(`${PATH} is no ${outcome}.`);
  }
  if (watched) await watch(server);
  servers.set(name, server);
}

const names = [...servers.keys()];
const cost = new Map<string, number[]>(names.map((name) => [name, []]));
const rate = await interleaved(ROUNDS, names, async (name) => {
  const server = servers.get(name);
  if (server === undefined) throw new Error(`${name} was not started.`);
  const before = await cpuSeconds([server.pid]);
  const on = { url: server.url + PATH, seconds: SECONDS, connections: CONNECTIONS, headers: {} };
  const { perSecond } = await load({ ...on, script: undefined });
  cost.get(name)?.push((((await cpuSeconds([server.pid])) - before) / (perSecond * SECONDS)) * 1e6);
  return perSecond / 1000;
});
// The first round warms up, as it does for the rates.
const warm = new Map<string, Samples>([...cost].map(([name, samples]) => [name, samples.slice(1)]));
const medians = `${CONNECTIONS} connections, medians of ${ROUNDS} rounds`;
await reportAll(SHIPPED, [
  { title: `Hits on one core, ${medians}`, unit: "k/s", lines: [{ scenario: "200, 1 KB", samples: rate }] },
  { title: `What a hit takes of the core, ${medians}`, unit: "µs", lines: [{ scenario: "200, 1 KB", samples: warm }] },
]);

/** From now on somebody sees each exchange, on the core of the load. */
async function watch({ url }: Server): Promise<void> {
  const events = `${url}/__admin/events`;
  const { ok, status, body } = await fetch(events);
  await body?.cancel();
  if (!ok) throw new Error(`${events} cannot be watched: ${status}.`);
  const watcher = new URL("peers/watcher.ts", import.meta.url).pathname;
  const reader = await startOn(LOAD, [process.execPath, "--no-env-file", watcher, events]);
  stack.defer(() => reader.stop());
}
