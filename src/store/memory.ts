import type { Group } from "../caching/group.ts";
import type { CacheKey } from "../caching/key.ts";
import { replaces, reusableUntil, type StoredResponse } from "../caching/stored.ts";
import type { Instant } from "../http/date.ts";
import { type Expiring, ExpiryHeap } from "./expiry-heap.ts";
import { footprint } from "./footprint.ts";
import { GroupIndex } from "./group-index.ts";
import type { Store, StoreStats } from "./store.ts";

/** Variants kept under one key; a request field with endless values must not fill the store through one URL. */
const MAX_VARIANTS = 128;

/** One stored response with its place in the order of eviction. */
type Node = Expiring & {
  readonly groups: readonly Group[];
  readonly stored: StoredResponse;
  readonly bytes: number;
  readonly slot: Slot;
};

/** What lies under one key. Links of the LRU list run from the least to the most recently used. */
type Slot = {
  readonly key: CacheKey;
  nodes: readonly Node[];
  /** What `get` gives: the nodes' responses. */
  variants: readonly StoredResponse[];
  older: Slot | undefined;
  newer: Slot | undefined;
};

/** The memory tier: bounded by bytes; what has expired goes first, then the least recently used key. */
export class MemoryStore implements Store {
  readonly #maxBytes: number;
  readonly #clock: () => Instant;
  readonly #slots = new Map<CacheKey, Slot>();
  readonly #expiry = new ExpiryHeap<Node>();
  readonly #groups = new GroupIndex<Node>();
  #oldest: Slot | undefined;
  #newest: Slot | undefined;
  #bytes = 0;
  #entries = 0;
  #evictions = 0;
  #expired = 0;

  /** @param maxBytes bound of everything held, by the count of store/footprint.ts */
  constructor(maxBytes: number, clock: () => Instant) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  get(key: CacheKey): readonly StoredResponse[] {
    const slot = this.#slots.get(key);
    if (slot === undefined) return NONE;
    this.#touch(slot);
    return slot.variants;
  }

  put(stored: StoredResponse): void {
    const bytes = footprint(stored);
    if (bytes > this.#maxBytes) {
      // It would push everything else out and then itself; what it replaces is outdated all the same.
      this.delete(stored.key);
      return;
    }
    const slot = this.#slots.get(stored.key) ?? this.#open(stored.key);
    const { groups } = stored;
    const node: Node = { stored, groups, bytes, slot, expires: reusableUntil(stored.reading), at: -1 };
    const nodes = [node];
    for (const other of slot.nodes) {
      if (nodes.length < MAX_VARIANTS && !replaces(stored, other.stored)) nodes.push(other);
      else this.#forget(other);
    }
    this.#set(slot, nodes);
    this.#entries++;
    this.#bytes += bytes;
    this.#expiry.push(node);
    this.#groups.add(node);
    this.#touch(slot);
    this.#makeRoom();
  }

  delete(key: CacheKey): number {
    const slot = this.#slots.get(key);
    return slot === undefined ? 0 : this.#close(slot);
  }

  deleteGroup(group: Group): number {
    const members = this.#groups.of(group);
    for (const node of members) this.#remove(node);
    return members.length;
  }

  clear(): number {
    const entries = this.#entries;
    this.#slots.clear();
    this.#expiry.clear();
    this.#groups.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#bytes = 0;
    this.#entries = 0;
    return entries;
  }

  stats(): StoreStats {
    return {
      entries: this.#entries,
      bytes: this.#bytes,
      maxBytes: this.#maxBytes,
      evictions: this.#evictions,
      expired: this.#expired,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.clear();
  }

  #makeRoom(): void {
    if (this.#bytes <= this.#maxBytes) return;
    const now = this.#clock();
    while (this.#bytes > this.#maxBytes) {
      const expired = this.#expiry.popExpired(now);
      if (expired !== undefined) {
        this.#expired++;
        this.#remove(expired);
      } else if (this.#oldest === undefined) return;
      else if (this.#oldest === this.#newest) this.#shorten(this.#oldest);
      else this.#evictions += this.#close(this.#oldest);
    }
  }

  /** Drops the least recently put variant of the one key that is left, so that what was just put stays. */
  #shorten(slot: Slot): void {
    const last = slot.nodes.at(-1);
    if (last === undefined) return;
    this.#forget(last);
    this.#evictions++;
    this.#set(slot, slot.nodes.slice(0, -1));
  }

  /** Drops one response from its slot, and the slot with the last of them. */
  #remove(node: Node): void {
    this.#forget(node);
    const { slot } = node;
    // Most slots hold one, and then nothing needs to be built anew.
    if (slot.nodes.length === 1) this.#unlinkAndRemove(slot);
    else
      this.#set(
        slot,
        slot.nodes.filter((other) => other !== node),
      );
  }

  #forget(node: Node): void {
    this.#bytes -= node.bytes;
    this.#entries--;
    this.#expiry.remove(node);
    this.#groups.remove(node);
  }

  #open(key: CacheKey): Slot {
    const slot: Slot = { key, nodes: [], variants: NONE, older: undefined, newer: undefined };
    this.#slots.set(key, slot);
    return slot;
  }

  #set(slot: Slot, nodes: readonly Node[]): void {
    slot.nodes = nodes;
    slot.variants = nodes.map((node) => node.stored);
  }

  #close(slot: Slot): number {
    const { nodes } = slot;
    for (const node of nodes) this.#forget(node);
    this.#unlinkAndRemove(slot);
    return nodes.length;
  }

  #unlinkAndRemove(slot: Slot): void {
    this.#unlink(slot);
    this.#slots.delete(slot.key);
  }

  #touch(slot: Slot): void {
    if (slot === this.#newest) return;
    this.#unlink(slot);
    slot.older = this.#newest;
    if (this.#newest !== undefined) this.#newest.newer = slot;
    this.#newest = slot;
    this.#oldest ??= slot;
  }

  #unlink(slot: Slot): void {
    if (slot.older !== undefined) slot.older.newer = slot.newer;
    else if (this.#oldest === slot) this.#oldest = slot.newer;
    if (slot.newer !== undefined) slot.newer.older = slot.older;
    else if (this.#newest === slot) this.#newest = slot.older;
    slot.older = undefined;
    slot.newer = undefined;
  }
}

const NONE: readonly StoredResponse[] = [];
