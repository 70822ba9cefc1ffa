/** Misses that are stored and answers that may not be, a second on one core, beside bare `Bun.serve` with `fetch`, nginx and Varnish. */

import { needTwoCores } from "./harness/cores.ts";
import { type Line, report } from "./harness/report.ts";
import { interleaved } from "./harness/rounds.ts";
import { bareForward, nginx, origin, ours, type Server, varnish } from "./harness/servers.ts";
import { load } from "./harness/wrk.ts";

needTwoCores();

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const SECONDS = Number(process.env.SECONDS ?? 3);
const CONNECTIONS = 64;

const SCENARIOS = { "stored, each URL once": "/stored/", "passed on (no-store)": "/pass/" } as const;

const lines: Line[] = [];
for (const [scenario, path] of Object.entries(SCENARIOS)) lines.push({ scenario, samples: await measure(path) });
await report(
  `Forwarding on one core, ${CONNECTIONS} connections, medians of ${ROUNDS} rounds`,
  "caching-proxy",
  "k/s",
  lines,
);

async function measure(path: string) {
  await using stack = new AsyncDisposableStack();
  const files = await origin(stack);
  const proxy = await ours(stack, files, ["--log", "off"]);
  const servers: Readonly<Record<string, Server>> = {
    "caching-proxy": proxy,
    "bare Bun.serve + fetch": await bareForward(stack, files),
    nginx: await nginx(stack, files, "no-log"),
    Varnish: await varnish(stack, files),
  };
  let turn = 0;
  return await interleaved(ROUNDS, Object.keys(servers), async (name) => {
    const { url } = servers[name] ?? proxy;
    // No turn asks for what another has asked for.
    const from = `${url}${path}${++turn}-`;
    const script = "distinct.lua";
    return (
      (await load({ url: from, seconds: SECONDS, connections: CONNECTIONS, headers: {}, script })).perSecond / 1000
    );
  });
}
