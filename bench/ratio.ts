/**
 * Compares orders of eviction by hit ratio with the same bytes: synthetic patterns, the same in each run, and a public trace.
 * Prints a table; `--json FILE` writes the numbers as well.
 */

import { parseArgs } from "node:util";
import { glimpse } from "./ratio/glimpse.ts";
import { patterns, type Trace } from "./ratio/patterns.ts";
import { POLICIES } from "./ratio/policy.ts";
import { type Ratio, replay } from "./ratio/replay.ts";

/** Sizes of the cache, as shares of the bytes of all that a trace asks for. */
const SHARES = [0.01, 0.05, 0.2];

/** One line of the table. */
type Line = { readonly trace: string; readonly share: number; readonly maxBytes: number; readonly ratios: Ratios };
type Ratios = Readonly<Record<string, Ratio>>;

const { json } = parseArgs({ options: { json: { type: "string" } } }).values;

function measure(trace: Trace): Line[] {
  const asked = new Set(trace.requests);
  let footprint = 0;
  for (const object of asked) footprint += trace.sizes[object] ?? 0;
  return SHARES.map((share) => {
    const capacity = { bytes: Math.round(footprint * share), entries: Math.round(asked.size * share) };
    const ratios = Object.entries(POLICIES).map(([name, open]) => [
      name,
      replay(trace, capacity.bytes, open(capacity)),
    ]);
    return { trace: trace.name, share, maxBytes: capacity.bytes, ratios: Object.fromEntries(ratios) };
  });
}

function row(cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

function percent({ objects, bytes }: Ratio): string {
  return `${(objects * 100).toFixed(1)} / ${(bytes * 100).toFixed(1)}`;
}

const found = await glimpse();
if (typeof found === "string") console.error(`Without the public trace: ${found}`);
const traces = typeof found === "string" ? patterns() : [...patterns(), found];

const names = Object.keys(POLICIES);
row(["hits in % of requests / of bytes", "cache", ...names]);
row(["---", "--:", ...names.map(() => "--:")]);
const lines = traces.flatMap((trace) => {
  const measured = measure(trace);
  for (const { share, maxBytes, ratios } of measured) {
    const size = `${share * 100} %, ${(maxBytes / 1e6).toFixed(maxBytes < 1e7 ? 1 : 0)} MB`;
    row([trace.name, size, ...Object.values(ratios).map(percent)]);
  }
  return measured;
});
if (json !== undefined) await Bun.write(json, `${JSON.stringify(lines, null, 2)}\n`);
