/** Run in a process of its own: how long one call keeps the event loop from everything else. */

import { cacheGroup } from "../../src/caching/group.ts";
import type { Purge } from "../../src/caching/purge.ts";
import type { StoredResponse } from "../../src/caching/stored.ts";
import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import { entry, type Shape } from "./entries.ts";

/** The pauses of one kind of call, in milliseconds: of a thousand the longest but one, and the longest; what the collector does included. */
export type Pause = { readonly entries: number; readonly p999: number; readonly longest: number };

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
const tiny: Shape = { ...small, bodyBytes: 100 };
const large: Shape = { ...small, name: "32 MB", bodyBytes: 30 * MB };
const MILLION = 1_000_000;
/** What a million of one group may take to go, in turns of their own, on a machine that others use too. */
const LONGEST_LEAVING_MS = 30_000;

/** Shorter ones are counted and not kept: to grow an array of millions would be the longest pause of all. */
const KEPT_MS = 0.05;

class Times {
  #count = 0;
  readonly #long: number[] = [];

  of(call: () => void): void {
    const start = performance.now();
    call();
    this.#note(performance.now() - start);
  }

  /** How long each turn of the event loop takes, for a while, with what happens in between. */
  async turns(ms: number): Promise<void> {
    const end = performance.now() + ms;
    for (let last = performance.now(); last < end; ) {
      await new Promise(setImmediate);
      const now = performance.now();
      this.#note(now - last);
      last = now;
    }
  }

  pause(entries: number): Pause {
    const sorted = Float64Array.from(this.#long).sort();
    const place = Math.floor(this.#count * 0.999) - (this.#count - sorted.length);
    return { entries, p999: sorted[place] ?? 0, longest: sorted.at(-1) ?? 0 };
  }

  #note(time: number): void {
    this.#count++;
    if (time >= KEPT_MS) this.#long.push(time);
  }
}

/** A 30 MB response into a full 256 MB store of 1 KB ones, which must make way; five times. */
async function evicting(expired: "expired" | "living"): Promise<Pause> {
  let now = 0;
  const store = new MemoryStore(256 * MB, () => now);
  const times = new Times();
  let n = 0;
  while (store.stats().evictions === 0) store.put(entry(small, n++));
  const { entries } = store.stats();
  for (let round = 0; round < 5; round++) {
    const big = entry(large, n++);
    now = expired === "expired" ? Number.MAX_SAFE_INTEGER : 0;
    times.of(() => store.put(big));
    await times.turns(200);
    now = 0;
    store.delete(big.key);
    // Full again before the next round.
    const dropped = entries - store.stats().entries;
    for (let i = 0; i < dropped; i++) store.put(entry(small, n++));
  }
  return times.pause(entries);
}

/** One call that lets a million responses go, and the turns after it. */
async function dropping(call: (store: MemoryStore) => unknown, shape: Shape): Promise<Pause> {
  const store = new MemoryStore(Number.MAX_SAFE_INTEGER, () => 0);
  for (let n = 0; n < MILLION; n++) store.put(entry(shape, n));
  const times = new Times();
  times.of(() => call(store));
  await times.turns(3000);
  const end = performance.now() + LONGEST_LEAVING_MS;
  while (store.stats().entries > 0 && performance.now() < end) await times.turns(100);
  if (store.stats().entries > 0) throw new Error("Not everything is gone.");
  return times.pause(MILLION);
}

/** A purge in a store of a million responses, and the turns that it takes. */
async function purging(purge: Purge): Promise<Pause> {
  const store = new MemoryStore(Number.MAX_SAFE_INTEGER, () => 0);
  for (let n = 0; n < MILLION; n++) store.put(entry(tiny, n));
  const times = new Times();
  let over = false;
  let purged: Promise<number> | number = 0;
  times.of(() => {
    purged = store.purge(purge);
  });
  const done = Promise.resolve(purged).finally(() => {
    over = true;
  });
  while (!over) await times.turns(100);
  if ((await done) === 0) throw new Error("Nothing was purged.");
  return times.pause(MILLION);
}

/** One key with as many variants as a store keeps, and one more. */
function replacing(): Pause {
  const shape: Shape = { ...small, variants: 1000 };
  const store = new MemoryStore(256 * MB, () => 0);
  const times = new Times();
  for (let n = 0; n < 1000; n++) {
    const stored = entry(shape, n);
    times.of(() => store.put(stored));
  }
  return times.pause(store.stats().entries);
}

/** A million puts into a store that is empty at first. */
function growing(): Pause {
  const store = new MemoryStore(Number.MAX_SAFE_INTEGER, () => 0);
  const times = new Times();
  for (let n = 0; n < MILLION; n++) {
    const stored = entry(tiny, n);
    times.of(() => store.put(stored));
  }
  return times.pause(MILLION);
}

/**
 * A full store of 1 KB responses, a third more keys than it has room for, and a random key put, put again or, one time
 * in four, deleted, until all that it holds has come and gone twice.
 */
function churning(maxBytes: number): Pause {
  const store = new MemoryStore(maxBytes, () => 0);
  let keys = 0;
  while (store.stats().evictions === 0) store.put(expiring(keys++));
  const { entries } = store.stats();
  keys = Math.ceil(entries * (4 / 3));
  const times = new Times();
  for (let call = 0; call < entries * 2; call++) {
    const stored = expiring(Math.floor(random() * keys));
    if (call % 4 === 3) store.delete(stored.key);
    else times.of(() => store.put(stored));
  }
  return times.pause(entries);
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

const SITE = "http://api.example.com";
const inOneGroup: Shape = { ...tiny, groups: 1, companions: MILLION };
const theGroup = cacheGroup("http://api.example.com", "product-line-0-0");

/** What each kind of call is, by the argument that asks for it. */
const KINDS: Readonly<Record<string, () => Pause | Promise<Pause>>> = {
  "evict living": () => evicting("living"),
  "evict expired": () => evicting("expired"),
  clear: () => dropping((store) => store.clear(), tiny),
  group: () => dropping((store) => store.deleteGroup(theGroup), inOneGroup),
  prefix: () => purging({ what: { type: "prefix", prefix: `${SITE}/v1/products/` }, how: "hard" }),
  "prefix softly": () => purging({ what: { type: "prefix", prefix: `${SITE}/v1/products/` }, how: "soft" }),
  pattern: () =>
    purging({
      what: { type: "pattern", pattern: `${SITE}/*/products/:id\\?*page=1*`, prefix: `${SITE}/` },
      how: "hard",
    }),
  variants: () => replacing(),
  grow: () => growing(),
  "churn 256 MB": () => churning(256 * MB),
  "churn 1 GB": () => churning(1024 * MB),
};

console.log(JSON.stringify(await KINDS[process.argv[2] ?? ""]?.()));
