/** Hits a second on one core, beside bare `Bun.serve`, nginx and Varnish in the same run. */

import { needTwoCores } from "./harness/cores.ts";
import { type Line, report } from "./harness/report.ts";
import { interleaved } from "./harness/rounds.ts";
import { bare, nginx, origin, ours, type Server, varnish } from "./harness/servers.ts";
import { load, loadOfHeads } from "./harness/wrk.ts";

needTwoCores();

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const SECONDS = Number(process.env.SECONDS ?? 3);
const CONNECTIONS = 64;

type Scenario = {
  readonly name: string;
  readonly path: string;
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
  /** Requests that are made beforehand, by their fields. */
  readonly primed: readonly Readonly<Record<string, string>>[];
  readonly log: "log" | "no-log";
};

const encodings = ["gzip", "br", "identity"].map((coding) => ({ "accept-encoding": coding }));
const plain = { path: "/stored/a", method: "GET", headers: {}, primed: [{}], log: "no-log" } as const;
const SCENARIOS: readonly Scenario[] = [
  { ...plain, name: "200, 1 KB" },
  { ...plain, name: "304 to If-None-Match", headers: { "if-none-match": "*" } },
  { ...plain, name: "HEAD", method: "HEAD" },
  {
    name: "three variants, five parameters, log to a file",
    path: "/vary/a?e=5&d=4&c=3&b=2&a=1",
    method: "GET",
    headers: { "accept-encoding": "gzip" },
    primed: encodings,
    log: "log",
  },
];

const lines: Line[] = [];
for (const scenario of SCENARIOS) lines.push({ scenario: scenario.name, samples: await measure(scenario) });
await report(
  `Hits on one core, ${CONNECTIONS} connections, medians of ${ROUNDS} rounds`,
  "caching-proxy",
  "k/s",
  lines,
);

async function measure({ path, method, headers, primed, log }: Scenario) {
  await using stack = new AsyncDisposableStack();
  const files = await origin(stack);
  const proxy = await ours(stack, files, log === "log" ? ["--log", "json"] : ["--log", "off"]);
  const peers = { nginx: await nginx(stack, files, log), Varnish: await varnish(stack, files) };
  for (const { url } of [proxy, ...Object.values(peers)]) {
    // Twice: the second answer is a hit.
    for (const fields of [...primed, ...primed])
      await (await fetch(url + path, { headers: fields, decompress: false })).bytes();
  }
  const hit = await fetch(proxy.url + path, { method, headers, decompress: false });
  if (hit.headers.get("x-cache") !== "HIT") throw new Error(`${path} is no hit: ${hit.headers.get("cache-status")}`);
  const given = { status: hit.status, headers: hit.headers, text: await hit.text() };
  const servers: Readonly<Record<string, Server>> = {
    "caching-proxy": proxy,
    "bare Bun.serve": await bare(stack, given, "bare"),
    "Bun.serve that reads requests": await bare(stack, given, "reading"),
    ...peers,
  };
  return await interleaved(ROUNDS, Object.keys(servers), async (name) => {
    const { url } = servers[name] ?? proxy;
    const on = { url: url + path, seconds: SECONDS, connections: CONNECTIONS, headers };
    if (method === "HEAD") return (await loadOfHeads(on)) / 1000;
    return (await load({ ...on, script: undefined })).perSecond / 1000;
  });
}
