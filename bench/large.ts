/** Large bodies on one core: throughput beside nginx and bare `Bun.serve` with `fetch`, and what memory they take. */

import { LOAD, needTwoCores, outputOn } from "./harness/cores.ts";
import { cpuSeconds, forgetPeak, resident } from "./harness/process.ts";
import { type Line, reportAll } from "./harness/report.ts";
import { interleaved } from "./harness/rounds.ts";
import { bareForward, chunkedOrigin, nginx, origin, ours, type Server } from "./harness/servers.ts";
import { slowReaders } from "./harness/slow-readers.ts";

needTwoCores();

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const MB = 1024 * 1024;
const MAX_ENTRY = 300 * MB;
const LIMITS = ["--log", "off", "--max-size", "1gb", "--max-entry-size", `${MAX_ENTRY / MB}mb`];
const READERS = 50;

type Transfer = { readonly bytes: number; readonly seconds: number };
type Subjects = Readonly<Record<string, Server>>;

const speed: Line[] = [];
const cpu: Line[] = [];
const memory: Line[] = [];

await throughput("client and origin alone", async (stack) => [{ origin: await origin(stack) }, "/large/"]);
await throughput("1 GB passed on, Content-Length", async (stack) => {
  const files = await origin(stack);
  return [await proxies(stack, files, "with bare"), "/large/"];
});
await throughput("1 GB passed on, chunked", async (stack) => {
  const chunks = await chunkedOrigin(stack);
  return [await proxies(stack, chunks, "with bare"), "/large/"];
});
await throughput("1 GB, chunked, found too large to store", async (stack) => {
  const chunks = await chunkedOrigin(stack);
  // nginx bounds no entry: it would store it and serve it from then on.
  const bare = await bareForward(stack, chunks);
  return [{ "caching-proxy": await ours(stack, chunks, LIMITS), "bare Bun.serve + fetch": bare }, "/large-stored/"];
});
await throughput("256 MB from the cache", async (stack) => {
  const subjects = await proxies(stack, await origin(stack), "without bare");
  for (const [name, server] of Object.entries(subjects)) {
    if (name === "caching-proxy") await growth("256 MB stored", server, () => download(server, "/large-stored/"));
    else await download(server, "/large-stored/");
    const { headers, body } = await fetch(`${server.url}/large-stored/`);
    await body?.cancel();
    if (headers.get("x-cache") !== "HIT") throw new Error(`${name} has not stored it.`);
  }
  return [subjects, "/large-stored/"];
});
await slow();

await reportAll("caching-proxy", [
  { title: `Large bodies on one core, medians of ${ROUNDS} rounds`, unit: "MB/s", lines: speed },
  { title: "CPU time of the server", unit: "ms/GB", lines: cpu },
  {
    title: `Growth of resident memory at most, --max-entry-size ${MAX_ENTRY / MB}mb where nothing else is said`,
    unit: "MB",
    lines: memory,
  },
]);
process.exit(0);

async function proxies(
  stack: AsyncDisposableStack,
  from: Server,
  and: "with bare" | "without bare",
): Promise<Subjects> {
  const own = { "caching-proxy": await ours(stack, from, LIMITS), nginx: await nginx(stack, from, "no-log") };
  return and === "with bare" ? { ...own, "bare Bun.serve + fetch": await bareForward(stack, from) } : own;
}

/** Downloads from each of the subjects in turns. */
async function throughput(
  scenario: string,
  start: (stack: AsyncDisposableStack) => Promise<readonly [Subjects, string]>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const [subjects, path] = await start(stack);
  const used = new Map<string, number[]>(Object.keys(subjects).map((name) => [name, []]));
  const run = () =>
    interleaved(ROUNDS, Object.keys(subjects), async (name) => {
      const server = subjects[name];
      if (server === undefined) throw new Error(`There is no ${name}.`);
      const before = await cpuSeconds(server.pid);
      const { bytes, seconds } = await download(server, path);
      used.get(name)?.push(((await cpuSeconds(server.pid)) - before) / (bytes / 1e12));
      return bytes / 1e6 / seconds;
    });
  const proxy = subjects["caching-proxy"];
  const samples = proxy === undefined ? await run() : await growth(scenario, proxy, run);
  speed.push({ scenario, samples });
  // The round that is thrown away was measured as well.
  cpu.push({ scenario, samples: new Map([...used].map(([name, all]) => [name, all.slice(1)])) });
  console.error(`${scenario} done`);
}

/** What a server's memory grows by, at most, while something is done; what the first large body of all costs does not count. */
async function growth<T>(scenario: string, server: Server, act: () => Promise<T>): Promise<T> {
  const { pid } = server;
  await download(server, "/large/");
  await forgetPeak(pid);
  const before = (await resident(pid)).now;
  const result = await act();
  const bytes = (await resident(pid)).peak - before;
  memory.push({ scenario, samples: new Map([["caching-proxy", [bytes / MB]]]) });
  return result;
}

/** Who reads a stored body slowly holds no copy of it. */
async function slow(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const proxy = await ours(stack, await origin(stack), ["--log", "off"]);
  await growth("30 MB stored, --max-entry-size 32mb as by default", proxy, () => download(proxy, "/thirty/"));
  const readers = await growth(`${READERS} readers of a stored 30 MB that stop after 1 MB`, proxy, () =>
    slowReaders(`${proxy.url}/thirty/`, READERS),
  );
  readers.leave();
}

async function download({ url }: Server, path: string): Promise<Transfer> {
  const client = new URL("harness/download.ts", import.meta.url).pathname;
  return JSON.parse(await outputOn(LOAD, [process.execPath, "--no-env-file", client, url + path]));
}
