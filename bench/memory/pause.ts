/** Run in a process of its own: how long one call keeps the event loop from everything else. */

import { MemoryStore } from "../../src/store/memory.ts";
import { entry, type Shape } from "./entries.ts";

/** The pauses of one kind of call, in milliseconds. */
export type Pause = { readonly entries: number; readonly longest: number };

const MB = 1024 * 1024;
const small: Shape = { name: "1 KB", entries: 0, bodyBytes: 1024, fields: 8, ownFields: 0, variants: 1 };
const large: Shape = { ...small, name: "32 MB", bodyBytes: 30 * MB };

function timed(call: () => void): number {
  const start = performance.now();
  call();
  return performance.now() - start;
}

/** A 32 MB response into a full 256 MB store of 1 KB ones, which must make way; the longest of five. */
function evicting(expired: "expired" | "living"): Pause {
  let now = 0;
  const store = new MemoryStore(256 * MB, () => now);
  let n = 0;
  const fill = (): void => {
    now = 0;
    while (store.stats().evictions + store.stats().expired === 0) store.put(entry(small, n++));
  };
  fill();
  const entries = store.stats().entries;
  let longest = 0;
  for (let round = 0; round < 5; round++) {
    const big = entry(large, n++);
    now = expired === "expired" ? Number.MAX_SAFE_INTEGER : 0;
    longest = Math.max(
      longest,
      timed(() => store.put(big)),
    );
    now = 0;
    store.delete(big.key);
    // Full again before the next round.
    const dropped = entries - store.stats().entries;
    for (let i = 0; i < dropped; i++) store.put(entry(small, n++));
  }
  return { entries, longest };
}

function clearing(entries: number): Pause {
  const store = new MemoryStore(Number.MAX_SAFE_INTEGER, () => 0);
  for (let n = 0; n < entries; n++) store.put(entry({ ...small, bodyBytes: 100 }, n));
  return { entries, longest: timed(() => store.clear()) };
}

/** One key with as many variants as a store keeps, and one more. */
function replacing(): Pause {
  const shape: Shape = { ...small, variants: 1000 };
  const store = new MemoryStore(256 * MB, () => 0);
  let longest = 0;
  for (let n = 0; n < 1000; n++) {
    const stored = entry(shape, n);
    longest = Math.max(
      longest,
      timed(() => store.put(stored)),
    );
  }
  return { entries: store.stats().entries, longest };
}

/** What each kind of call is, by the argument that asks for it. */
const KINDS: Readonly<Record<string, () => Pause>> = {
  "evict living": () => evicting("living"),
  "evict expired": () => evicting("expired"),
  clear: () => clearing(500_000),
  variants: () => replacing(),
};

console.log(JSON.stringify(KINDS[process.argv[2] ?? ""]?.()));
