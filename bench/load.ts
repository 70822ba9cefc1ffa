/**
 * What load does to the proxy: latencies at 80 % of capacity at a fixed rate, a burst of ten times, ten thousand connections, and a soak; each
 * alone by its name: `hits`, `misses`, `connections`, `soak`. SECONDS is how long each rate lasts (half a minute at most where it is only what comes before
 * and after), MINUTES how long the soak does.
 */

import { readdir } from "node:fs/promises";
import { LOAD, needTwoCores, outputOn } from "./harness/cores.ts";
import { resident } from "./harness/process.ts";
import { median } from "./harness/rounds.ts";
import { origin, ours, type Server, slowOrigin } from "./harness/servers.ts";
import type { Outcome, Plan } from "./load/generator.ts";

needTwoCores();

const SECONDS = Number(process.env.SECONDS ?? 10);
const BESIDE = Math.min(SECONDS, 30);
const MINUTES = Number(process.env.MINUTES ?? 60);
const CONNECTIONS = Number(process.env.CONNECTIONS ?? 10_000);
/** Kept open where not the number of connections is what matters. */
const FEW = 64;
/** Enough that a burst reaches the server instead of waiting for a connection. */
const MANY = 2000;
const BURST_SECONDS = 1;
/** What the slow origin takes for an answer, and how many it is asked for at once. */
const SLOW_MS = 20;
const ORIGIN_CONNECTIONS = 64;

type Row = { readonly what: string; readonly rate: number | "as answered"; readonly outcome: Outcome };
type Sample = { readonly minute: number; readonly residentBytes: number; readonly descriptors: number };

const rows: Row[] = [];
const samples: Sample[] = [];

/** Runs the generator on the core of the load. */
async function put(what: string, plan: Plan): Promise<Outcome> {
  const file = new URL("load/generate.ts", import.meta.url).pathname;
  const text = await outputOn(LOAD, [process.execPath, "--no-env-file", file, JSON.stringify(plan)]);
  const outcome: Outcome = JSON.parse(text);
  rows.push({ what, rate: plan.rate === "as-answered" ? "as answered" : plan.rate, outcome });
  console.error(`${what} done`);
  return outcome;
}

/** Capacity, 80 % of it, a burst of ten times, and 80 % again right behind it. */
async function scenario(name: string, { url }: Server, paths: readonly string[]): Promise<number> {
  const plan = { url, paths, seconds: SECONDS, connections: FEW };
  const { perSecond } = await put(`${name}: capacity`, {
    ...plan,
    rate: "as-answered",
    connections: FEW * 2,
    seconds: BESIDE,
  });
  const rate = Math.round(perSecond * 0.8);
  await put(`${name}: 80 %`, { ...plan, rate });
  await put(`${name}: burst of ten times`, {
    ...plan,
    rate: Math.round(perSecond * 10),
    seconds: BURST_SECONDS,
    connections: MANY,
  });
  await put(`${name}: 80 % after the burst`, { ...plan, rate, seconds: BESIDE });
  return rate;
}

/** URLs that are stored before anything is measured. */
async function stored(proxy: Server): Promise<readonly string[]> {
  const paths = Array.from({ length: 1000 }, (_, n) => `/stored/${n}`);
  for (const path of paths) await (await fetch(proxy.url + path)).bytes();
  return paths;
}

async function hits(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const proxy = await ours(stack, await origin(stack), ["--log", "off"]);
  await scenario("hits", proxy, await stored(proxy));
}

async function misses(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const flags = ["--log", "off", "--max-origin-connections", String(ORIGIN_CONNECTIONS)];
  const proxy = await ours(stack, await slowOrigin(stack, SLOW_MS), flags);
  await scenario(`misses, ${SLOW_MS} ms, ${ORIGIN_CONNECTIONS} at once`, proxy, ["/{n}"]);
}

/** All connections have requests, so few each that what is seen is what the connections cost. */
async function connections(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const proxy = await ours(stack, await origin(stack), ["--log", "off"]);
  const paths = await stored(proxy);
  for (const count of [FEW, CONNECTIONS]) {
    await put(`${count} connections`, {
      url: proxy.url,
      paths,
      rate: CONNECTIONS / 2,
      seconds: SECONDS,
      connections: count,
    });
  }
}

async function soak(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const proxy = await ours(stack, await origin(stack), ["--log", "off", "--max-size", "64mb"]);
  // Hits, misses that are stored and push others out, and what may not be stored.
  const paths = [...(await stored(proxy)).slice(0, 8), "/stored/new{n}", "/pass/{n}"];
  const warm = { url: proxy.url, paths, connections: FEW, seconds: Math.min(SECONDS, MINUTES * 10) };
  const { perSecond } = await put("soak: capacity", { ...warm, rate: "as-answered" });
  const rate = Math.round(perSecond / 2);
  const started = performance.now();
  const sample = async (): Promise<void> => {
    const { now } = await resident(proxy.pid);
    const descriptors = (await readdir(`/proc/${proxy.pid}/fd`)).length;
    samples.push({ minute: (performance.now() - started) / 60_000, residentBytes: now, descriptors });
  };
  const every = setInterval(sample, Math.max(500, MINUTES * 1000));
  await put(`soak: 50 %, ${MINUTES} min`, { ...warm, rate, seconds: MINUTES * 60 });
  clearInterval(every);
}

function print(): void {
  const ms = (time: number): string => (time < 10 ? time.toFixed(2) : time.toFixed(0));
  const head = [
    "",
    "asked/s",
    "answered/s",
    "p50 ms",
    "p99 ms",
    "p99.9 ms",
    "longest ms",
    "answers",
    "lost",
    "refused",
  ];
  const lines = rows.map(({ what, rate, outcome }) => {
    const { perSecond, answers, lost, unanswered, unsent, refused } = outcome;
    // Who sends the next one once he has an answer leaves out what would have waited.
    const times = rate === "as answered" ? [] : [outcome.p50, outcome.p99, outcome.p999, outcome.max];
    const shown = times.length === 0 ? ["–", "–", "–", "–"] : times.map(ms);
    const counts = Object.entries(answers).map(([status, count]) => `${count} × ${status}`);
    return [
      what,
      String(rate),
      perSecond.toFixed(0),
      ...shown,
      counts.join(", "),
      String(lost + unanswered + unsent),
      String(refused),
    ];
  });
  console.log(`\n${[head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}`);
  if (samples.length < 4) return;
  const quarter = Math.floor(samples.length / 4);
  const of = (part: readonly Sample[], pick: (sample: Sample) => number): number => median(part.map(pick));
  const [first, last] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)];
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(
    `\nsoak, medians of the second quarter and the last: resident ${mb(of(first, (one) => one.residentBytes))} and ${mb(of(last, (one) => one.residentBytes))}, ` +
      `descriptors ${of(first, (one) => one.descriptors)} and ${of(last, (one) => one.descriptors)}`,
  );
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = { hits, misses, connections, soak };
const asked = process.argv.slice(2).find((word) => Object.hasOwn(PARTS, word));
for (const [name, part] of Object.entries(PARTS)) if (asked === undefined || asked === name) await part();
print();
const at = process.argv.indexOf("--json");
const file = process.argv[at + 1];
if (at >= 0 && file !== undefined) {
  await Bun.write(file, `${JSON.stringify({ bun: Bun.version, rows, samples }, null, 2)}\n`);
}
