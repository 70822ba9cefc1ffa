/** What a hit costs with one worker and with two: hits a second, and seconds of a core for a million of them. */

import { BOTH, needTwoCores } from "./harness/cores.ts";
import { cpuSeconds } from "./harness/cpu.ts";
import { type Line, report } from "./harness/report.ts";
import { interleaved, type Samples } from "./harness/rounds.ts";
import { origin, ours, type Server } from "./harness/servers.ts";
import { load } from "./harness/wrk.ts";

needTwoCores();

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const SECONDS = Number(process.env.SECONDS ?? 3);
const CONNECTIONS = 64;
const SUBJECTS = ["1 worker", "2 workers"] as const;

const rates: Line[] = [];
const costs: Line[] = [];
for (const [scenario, log] of [
  ["200, 1 KB", "off"],
  ["200, 1 KB, log to a file", "json"],
] as const) {
  const { rate, cost } = await measure(log);
  rates.push({ scenario, samples: rate });
  costs.push({ scenario, samples: cost });
}
const shared =
  "; the workers have both cores and share them with the load, so that the rate says what this machine gives";
await report(`Hits${shared}, medians of ${ROUNDS} rounds`, "2 workers", "k/s", rates);
await report("CPU-seconds for a million hits, all processes of the proxy", "2 workers", "s", costs);

async function measure(log: string) {
  await using stack = new AsyncDisposableStack();
  const files = await origin(stack);
  const servers = new Map<string, { readonly server: Server; readonly pids: readonly number[] }>();
  for (const [i, name] of SUBJECTS.entries()) {
    const server = await ours(stack, files, ["--log", log, "--workers", String(i + 1)], BOTH);
    servers.set(name, { server, pids: [server.pid, ...(await workersOf(server))] });
  }
  const cost = new Map<string, number[]>(SUBJECTS.map((name) => [name, []]));
  const rate = await interleaved(ROUNDS, SUBJECTS, async (name) => {
    const subject = servers.get(name);
    if (subject === undefined) throw new Error(`${name} was not started.`);
    const { server, pids } = subject;
    const [hits, cpu] = [await hitsOf(server), await cpuSeconds(pids)];
    const on = { url: `${server.url}/stored/a`, seconds: SECONDS, connections: CONNECTIONS, headers: {} };
    const { perSecond } = await load({ ...on, script: undefined });
    cost.get(name)?.push((((await cpuSeconds(pids)) - cpu) / ((await hitsOf(server)) - hits)) * 1e6);
    return perSecond / 1000;
  });
  // The first round warms up, as it does for the rates.
  const warm = new Map<string, Samples>([...cost].map(([name, samples]) => [name, samples.slice(1)]));
  return { rate, cost: warm };
}

type Statistics = {
  readonly requests: { readonly hit: number };
  readonly workers?: readonly { readonly pid: number }[];
};

async function statistics({ url }: Server): Promise<Statistics> {
  return JSON.parse(await (await fetch(`${url}/__admin/stats`)).text());
}

async function hitsOf(server: Server): Promise<number> {
  return (await statistics(server)).requests.hit;
}

async function workersOf(server: Server): Promise<readonly number[]> {
  return ((await statistics(server)).workers ?? []).map(({ pid }) => pid);
}
