/**
 * What a stored response weighs and what the memory tier counts for it, how long its longest calls take, and whether the command holds its
 * bound under a flood; each alone by its name: `shapes`, `pauses`, `flood`.
 */

import { MEMORY } from "../src/commands/new-start.ts";
import type { Shape } from "./memory/entries.ts";
import type { Growth } from "./memory/fill.ts";
import type { Flood } from "./memory/flood.ts";
import type { Pause } from "./memory/pause.ts";

const typical = { bodyBytes: 1024, fields: 8, ownFields: 0, variants: 1, groups: 0, companions: 0 };

const SHAPES: readonly Shape[] = [
  { ...typical, name: "1 KB, 8 fields", entries: 500_000 },
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
  "evict living": "put of 30 MB into a full 256 MB store of 1 KB entries, and the turns after it",
  "evict expired": "the same, where all that is stored has expired",
  clear: "clear, and the turns after it",
  group: "the same for a group that all belong to",
  prefix: "a purge of a million by prefix, and the turns that it takes",
  "prefix softly": "the same, where they become stale",
  pattern: "a purge by a pattern that a few of a million match, and the turns that it takes",
  variants: "one of 1000 puts of further variants under one key",
  grow: "put into a store that was empty at first",
  "churn 256 MB": "put of 1 KB entries at random, among deletes, into a full 256 MB store",
};

/** What is promised: bytes beside key, header text and body; deviation of the count; ms; growth over the bound. */
const MOST_OVERHEAD = 700;
const MOST_DEVIATION = 0.15;
const MOST_PAUSE = 20;
const MOST_OVER_BOUND = 0.1;

/** Runs a file of bench/memory in a process of its own, whose heap nothing else has touched, and reads what it prints. */
async function run<T>(file: string, argument: string): Promise<T> {
  const path = new URL(`memory/${file}`, import.meta.url).pathname;
  // Memory is given back as with the command.
  const env = { ...process.env, ...MEMORY };
  const command = [process.execPath, "--no-env-file", path, argument];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "inherit", env });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${file} ${argument} failed`);
  return JSON.parse(text);
}

function row(cells: readonly (string | number)[]): void {
  console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(26) : String(cell).padStart(13))).join(""));
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function verdict(holds: boolean): string {
  return holds ? "ok" : "NOT KEPT";
}

async function shapes(): Promise<void> {
  row(["shape", "entries", "resident MB", "counted MB", "ratio", "", "overhead B", ""]);
  for (const shape of SHAPES) {
    const { counted, resident, visible, entries } = await run<Growth>("fill.ts", JSON.stringify(shape));
    const overhead = Math.round((resident - visible) / entries);
    const counts = verdict(Math.abs(counted / resident - 1) <= MOST_DEVIATION);
    const light = shape === SHAPES[0] ? verdict(overhead <= MOST_OVERHEAD) : "";
    row([shape.name, entries, mb(resident), mb(counted), (counted / resident).toFixed(2), counts, overhead, light]);
  }
}

async function pauses(): Promise<void> {
  console.log("\n   p99.9    longest");
  for (const [kind, what] of Object.entries(PAUSES)) {
    const { entries, p999, longest } = await run<Pause>("pause.ts", kind);
    const times = [p999, longest].map((ms) => `${ms.toFixed(1).padStart(6)} ms`).join("  ");
    console.log(`${times}  ${verdict(longest <= MOST_PAUSE).padEnd(8)}  ${what} (${entries} entries)`);
  }
}

async function flood(): Promise<void> {
  const { maxBytes, peak, after, counted, entries, turns } = await run<Flood>("flood.ts", String(256 * 1024 * 1024));
  console.log(`\nflood of distinct URLs, ${turns.toFixed(1)} times what fits came and went again, ${entries} entries`);
  console.log(`  bound ${mb(maxBytes)} MB, counted ${mb(counted)} MB`);
  for (const [when, grown] of Object.entries({ "at most": peak, after })) {
    const over = grown / maxBytes - 1;
    const percent = `${over < 0 ? "" : "+"}${(over * 100).toFixed(1)} %`;
    console.log(`  the process grew by ${mb(grown)} MB (${when}), ${percent}: ${verdict(over <= MOST_OVER_BOUND)}`);
  }
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = { shapes, pauses, flood };
const [asked = "all"] = process.argv.slice(2);
for (const [name, part] of Object.entries(PARTS)) if (asked === "all" || asked === name) await part();
