/** Compares what the memory tier counts with what the process really grows by, and times its longest calls. */

import type { Shape } from "./memory/entries.ts";
import type { Growth } from "./memory/fill.ts";
import type { Pause } from "./memory/pause.ts";

const typical = { bodyBytes: 1024, fields: 8, ownFields: 0, variants: 1, groups: 0, companions: 0 };

const SHAPES: readonly Shape[] = [
  { ...typical, name: "1 KB, 8 fields", entries: 200_000 },
  { ...typical, name: "10 KB, 8 fields", entries: 50_000, bodyBytes: 10_240 },
  { ...typical, name: "100 bytes, 8 fields", entries: 300_000, bodyBytes: 100 },
  { ...typical, name: "200 KB, 8 fields", entries: 2000, bodyBytes: 200_000 },
  { ...typical, name: "1 KB, 2 fields", entries: 100_000, fields: 2 },
  { ...typical, name: "1 KB, 20 fields", entries: 100_000, ownFields: 12 },
  { ...typical, name: "1 KB, 8 variants a key", entries: 100_000, variants: 8 },
  { ...typical, name: "1 KB, 4 groups of its own", entries: 100_000, groups: 4 },
  { ...typical, name: "1 KB, 4 groups of 10", entries: 100_000, groups: 4, companions: 9 },
  { ...typical, name: "1 KB, 4 groups of 1000", entries: 100_000, groups: 4, companions: 999 },
];

const PAUSES: Readonly<Record<string, string>> = {
  "evict living": "put of 30 MB into a full 256 MB store of 1 KB entries",
  "evict expired": "the same, where all that is stored has expired",
  clear: "clear",
  variants: "longest of 1000 puts of further variants under one key",
  "churn 256 MB": "longest put of 1 KB entries at random, among deletes, into a full 256 MB store",
  "churn 1 GB": "the same in a 1 GB store",
};

/** Runs a file of bench/memory in a process of its own, whose heap nothing else has touched, and reads what it prints. */
async function run<T>(file: string, argument: string): Promise<T> {
  const path = new URL(`memory/${file}`, import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, "--no-env-file", path, argument], { stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${file} ${argument} failed`);
  return JSON.parse(text);
}

function row(cells: readonly (string | number)[]): void {
  console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(24) : String(cell).padStart(14))).join(""));
}

row(["shape", "entries", "resident MB", "counted MB", "ratio", "over body B"]);
for (const shape of SHAPES) {
  const { counted, resident, entries } = await run<Growth>("fill.ts", JSON.stringify(shape));
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const over = Math.round(resident / entries - shape.bodyBytes);
  row([shape.name, entries, mb(resident), mb(counted), (counted / resident).toFixed(2), over]);
}

console.log("\nlongest pause");
for (const [kind, what] of Object.entries(PAUSES)) {
  const { entries, longest } = await run<Pause>("pause.ts", kind);
  console.log(`  ${longest.toFixed(1).padStart(6)} ms  ${what} (${entries} entries)`);
}
