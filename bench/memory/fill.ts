/** Run in a process of its own: fills a store with one shape and prints by how much the process grew. */

import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import { entry, type Shape } from "./entries.ts";

/** What one run found, in bytes; visible are keys, header text and bodies. */
export type Growth = {
  readonly counted: number;
  readonly resident: number;
  readonly visible: number;
  readonly entries: number;
};

const shape: Shape = JSON.parse(process.argv[2] ?? "");

let visible = 0;

async function fill(store: MemoryStore, entries: number): Promise<void> {
  for (let n = 0; n < entries; n++) {
    const stored = entry(shape, n);
    store.put(stored);
    visible += stored.key.length + stored.body.size;
    for (const [name, value] of stored.headers) visible += name.length + value.length;
    // Requests come with pauses in which the collector runs.
    if (n % 500 === 0) await Bun.sleep(0);
  }
}

/** What the process holds once the collector is through and the allocator has given back, after a delay, what is free. */
async function resident(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    Bun.gc(true);
    await Bun.sleep(150);
  }
  return process.memoryUsage.rss();
}

const store = new MemoryStore(Number.MAX_SAFE_INTEGER, () => 0);
await fill(store, 2000);
store.clear();
const before = await resident();
visible = 0;
await fill(store, shape.entries);
const after = await resident();
const { bytes, entries } = store.stats();
const growth: Growth = { counted: bytes, resident: after - before, visible, entries };
console.log(JSON.stringify(growth));
