/**
 * Proxies that share a Redis: how long what one of them lets go of is still served by the others, and what a change costs who makes it.
 * The others are asked without a pause, which takes about a millisecond itself.
 */

import { BOTH, needTwoCores, startOn } from "./harness/cores.ts";
import { median } from "./harness/rounds.ts";
import { freePort, listening } from "./harness/scratch.ts";
import { ours, type Server } from "./harness/servers.ts";
import { tool } from "./harness/tools.ts";

needTwoCores();

const ROUNDS = Number(process.env.ROUNDS ?? 200);
const PROXIES = 3;
/** What the issue asks for, in ms. */
const BOUND = 100;

await using stack = new AsyncDisposableStack();
let version = 0;
const site = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    if (request.method === "DELETE") version++;
    return new Response(String(version), { headers: { "cache-control": "max-age=600" } });
  },
});
stack.defer(() => site.stop(true));
const port = freePort();
const redis = await startOn(BOTH, [
  await tool("redis-server"),
  "--port",
  String(port),
  "--bind",
  "127.0.0.1",
  "--save",
  "",
]);
stack.defer(() => redis.stop());
await listening(port);

const origin = { url: `http://127.0.0.1:${site.port}`, pid: process.pid };
const flags = ["--log", "off", "--store", `redis://127.0.0.1:${port}`];
const [first, ...others] = await Promise.all(Array.from({ length: PROXIES }, () => ours(stack, origin, flags, BOTH)));
if (first === undefined) throw new Error("No proxy was started.");

const samples: { answered: number; gone: number }[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const before = await bodyOf(first);
  for (const other of others) while ((await bodyOf(other)) !== before);
  const began = performance.now();
  const answer = ask(first, "DELETE").then(async (response) => {
    await response.text();
    return performance.now() - began;
  });
  const gone = others.map(async (other) => {
    while ((await bodyOf(other)) === before);
    return performance.now() - began;
  });
  samples.push({ answered: await answer, gone: Math.max(...(await Promise.all(gone))) });
}

console.log(
  `\n${PROXIES} proxies that share a Redis, ${ROUNDS} changes, ms\n\n| | median | 99 % | most |\n| --- | --- | --- | --- |`,
);
print(
  "from the change's request to its answer",
  samples.map(({ answered }) => answered),
);
print(
  "from its request until it is gone from all others",
  samples.map((sample) => sample.gone),
);
const late = samples.map(({ answered, gone }) => Math.max(0, gone - answered));
print("from its answer until it is gone from all others", late);
const inTime = late.filter((each) => each < BOUND).length;
const holds = inTime === ROUNDS;
console.log(`\nwithin ${BOUND} ms of the answer: ${holds ? "each time" : `${inTime} of ${ROUNDS} times`}`);
process.exitCode = holds ? 0 : 1;

/** By the name that all proxies have together. */
function ask({ url }: Server, method: string): Promise<Response> {
  return fetch(`${url}/a`, { method, headers: { host: "cache.example" } });
}

async function bodyOf(proxy: Server): Promise<string> {
  return (await ask(proxy, "GET")).text();
}

function print(name: string, figures: readonly number[]): void {
  const sorted = [...figures].sort((a, b) => a - b);
  const shown = [median(sorted), sorted[Math.ceil(sorted.length * 0.99) - 1], sorted.at(-1)];
  console.log(`| ${[name, ...shown.map((figure) => (figure ?? Number.NaN).toFixed(1))].join(" | ")} |`);
}
