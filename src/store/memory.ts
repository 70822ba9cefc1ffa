import type { Group } from "../caching/group.ts";
import type { CacheKey } from "../caching/key.ts";
import { comesTooLate, replaces, reusableUntil, type StoredResponse } from "../caching/stored.ts";
import type { Instant } from "../http/date.ts";
import type { Eviction } from "./eviction.ts";
import { LruEviction } from "./eviction-lru.ts";
import type { Queued } from "./eviction-s3-fifo.ts";
import { type Expiring, ExpiryHeap } from "./expiry-heap.ts";
import { footprint } from "./footprint.ts";
import { GroupIndex } from "./group-index.ts";
import type { Store, StoreStats } from "./store.ts";

/** Variants kept under one key; a request field with endless values must not fill the store through one URL. */
const MAX_VARIANTS = 128;

/** One stored response with its place in the order of expiry. */
type Node = Expiring & {
  readonly groups: readonly Group[];
  readonly stored: StoredResponse;
  readonly bytes: number;
  readonly slot: Slot;
};

/** What lies under one key, with its place in the order of eviction. */
export interface Slot extends Queued<Slot> {
  readonly key: CacheKey;
  nodes: readonly Node[];
  /** What `get` gives: the nodes' responses. */
  variants: readonly StoredResponse[];
}

/** The memory tier: bounded by bytes; what has expired goes first, then one key after the other as the order of eviction has it. */
export class MemoryStore implements Store {
  readonly #maxBytes: number;
  readonly #clock: () => Instant;
  readonly #slots = new Map<CacheKey, Slot>();
  readonly #expiry = new ExpiryHeap<Node>();
  readonly #groups = new GroupIndex<Node>();
  readonly #eviction: Eviction<Slot>;
  /** What is left of the bound for what is stored. */
  readonly #room: number;
  #bytes = 0;
  #entries = 0;
  #evictions = 0;
  #expired = 0;

  /**
   * @param maxBytes bound of everything held, by the count of store/footprint.ts
   * @param eviction the order in which keys go that have not expired; it is this store's alone
   */
  constructor(maxBytes: number, clock: () => Instant, eviction: Eviction<Slot> = new LruEviction()) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
    this.#eviction = eviction;
    this.#room = maxBytes - eviction.bytes;
  }

  get(key: CacheKey): readonly StoredResponse[] {
    const slot = this.#slots.get(key);
    if (slot === undefined) return NONE;
    this.#eviction.used(slot);
    return slot.variants;
  }

  put(stored: StoredResponse): void {
    const held = this.#slots.get(stored.key);
    if (held?.variants.some((other) => comesTooLate(stored, other))) return;
    const bytes = footprint(stored);
    if (bytes > this.#room) {
      // It would push everything else out and then itself; what it replaces is outdated all the same.
      this.delete(stored.key);
      return;
    }
    const slot = this.#claim(stored.key);
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
    this.#makeRoom(slot);
  }

  delete(key: CacheKey): number {
    const slot = this.#slots.get(key);
    if (slot === undefined) return 0;
    this.#eviction.removed(slot);
    return this.#close(slot);
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
    this.#eviction.clear();
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

  /** @param put the slot of what was just put, which stays */
  #makeRoom(put: Slot): void {
    if (this.#bytes <= this.#room) return;
    const now = this.#clock();
    while (this.#bytes > this.#room) {
      const expired = this.#expiry.popExpired(now);
      if (expired !== undefined) {
        this.#expired++;
        this.#remove(expired);
        continue;
      }
      const victim = this.#eviction.evict(put);
      if (victim === undefined) this.#shorten(put);
      else this.#evictions += this.#close(victim);
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
    if (slot.nodes.length === 1) {
      this.#eviction.removed(slot);
      this.#slots.delete(slot.key);
    } else
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

  /** The slot of a key, put again or new. */
  #claim(key: CacheKey): Slot {
    const known = this.#slots.get(key);
    if (known !== undefined) {
      this.#eviction.used(known);
      return known;
    }
    const slot: Slot = {
      key,
      nodes: [],
      variants: NONE,
      older: undefined,
      newer: undefined,
      used: false,
      proven: false,
    };
    this.#slots.set(key, slot);
    this.#eviction.added(slot);
    return slot;
  }

  #set(slot: Slot, nodes: readonly Node[]): void {
    slot.nodes = nodes;
    slot.variants = nodes.map((node) => node.stored);
  }

  /** Drops a slot that is no longer in the order of eviction. */
  #close(slot: Slot): number {
    const { nodes } = slot;
    for (const node of nodes) this.#forget(node);
    this.#slots.delete(slot.key);
    return nodes.length;
  }
}

const NONE: readonly StoredResponse[] = [];
