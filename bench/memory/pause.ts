/** Run in a process of its own: how long one call keeps the event loop from everything else. */

import type { StoredResponse } from "../../src/caching/stored.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { entry, type Shape } from "./entries.ts";

/** The pauses of one kind of call, in milliseconds. */
export type Pause = { readonly entries: number; readonly longest: number };

const MB = 1024 * 1024;
const small: Shape = {
  name: "1 KB",
  entries: 0,
  bodyBytes: 1024,
  fields: 8,
  ownFields: 0,
  variants: 1,
  groups: 0,
  companions: 0,
};
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

/**
 * A full store of 1 KB responses, a third more keys than it has room for, and a random key put, put again or, one time
 * in four, deleted, until all that it holds has come and gone three times; the longest of the puts.
 */
function churning(maxBytes: number): Pause {
  const store = new MemoryStore(maxBytes, () => 0);
  let keys = 0;
  while (store.stats().evictions === 0) store.put(expiring(keys++));
  const { entries } = store.stats();
  keys = Math.ceil(entries * (4 / 3));
  let longest = 0;
  for (let call = 0; call < entries * 4; call++) {
    const stored = expiring(Math.floor(random() * keys));
    if (call % 4 === 3) store.delete(stored.key);
    else
      longest = Math.max(
        longest,
        timed(() => store.put(stored)),
      );
  }
  return { entries, longest };
}

/** The n-th small response, with an age that puts it anywhere in the order of expiry. */
function expiring(n: number): StoredResponse {
  const stored = entry(small, n);
  return { ...stored, reading: { ...stored.reading, initialAge: Math.floor(random() * 3_600_000) } };
}

let seed = 1;

/** The same numbers from 0 to 1 in every run. */
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
}

/** What each kind of call is, by the argument that asks for it. */
const KINDS: Readonly<Record<string, () => Pause>> = {
  "evict living": () => evicting("living"),
  "evict expired": () => evicting("expired"),
  clear: () => clearing(500_000),
  variants: () => replacing(),
  "churn 256 MB": () => churning(256 * MB),
  "churn 1 GB": () => churning(1024 * MB),
};

console.log(JSON.stringify(KINDS[process.argv[2] ?? ""]?.()));
