import type { Group } from "../../caching/group.ts";
import type { CacheKey } from "../../caching/key.ts";
import { isClear, type Purge } from "../../caching/purge.ts";
import { comesTooLate, reusableUntil, type StoredResponse } from "../../caching/stored.ts";
import type { Instant } from "../../http/date.ts";
import type { Held, KeyRange } from "../inventory.ts";
import type { Store, StoreStats } from "../store.ts";
import type { Eviction } from "./eviction.ts";
import { LruEviction } from "./eviction-lru.ts";
import { ExpiryHeap } from "./expiry-heap.ts";
import { footprint } from "./footprint.ts";
import { GroupIndex } from "./group-index.ts";
import { type Node, Nodes } from "./nodes.ts";
import { NONE } from "./numbers.ts";
import { textOf } from "./packed-text.ts";
import { momentOf, Purging } from "./purging.ts";
import { type Slot, Slots } from "./slots.ts";
import { Unpacked } from "./unpacked.ts";

/** How many entries go in one turn of the event loop at most, so that nobody waits longer than for that. */
const MOST_AT_ONCE = 1024;

/** The memory tier: bounded by bytes; what has expired goes first, then one key after the other as the order of eviction has it. */
export class MemoryStore implements Store {
  readonly #maxBytes: number;
  readonly #clock: () => Instant;
  readonly #nodes = new Nodes();
  readonly #slots = new Slots(this.#nodes);
  readonly #expiry = new ExpiryHeap();
  readonly #groups = new GroupIndex();
  readonly #eviction: Eviction;
  readonly #unpacked: Unpacked;
  readonly #purging: Purging;
  /** What is left of the bound for what is stored. */
  readonly #room: number;
  readonly #later: (go: () => void) => void;
  #isGoing = false;
  #bytes = 0;
  #entries = 0;
  #evictions = 0;
  #expired = 0;

  /**
   * @param maxBytes bound of everything held, by the count of store/memory/footprint.ts
   * @param eviction the order in which keys go that have not expired; it is this store's alone
   * @param later runs something in a later turn of the event loop
   */
  constructor(
    maxBytes: number,
    clock: () => Instant,
    eviction: Eviction = new LruEviction(),
    later: (go: () => void) => void = setImmediate,
  ) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
    this.#eviction = eviction;
    this.#later = later;
    this.#room = maxBytes - eviction.bytes;
    this.#unpacked = new Unpacked(maxBytes, this.#slots);
    this.#purging = new Purging({
      ...{ slots: this.#slots, nodes: this.#nodes, groups: this.#groups },
      drop: (node) => this.#remove(node),
      soften: (node) => this.#soften(node),
      turn: () => new Promise(later),
      clock,
    });
  }

  get(key: CacheKey): readonly StoredResponse[] {
    const hot = this.#unpacked.find(key);
    const slot = hot?.of ?? this.#slots.get(key);
    if (slot === NONE) return NOTHING;
    this.#slots.countFound(slot);
    this.#eviction.used(slot);
    return this.#staying(slot, hot?.variants ?? this.#unpacked.of(slot, key));
  }

  put(stored: StoredResponse): void {
    const known = this.#slots.get(stored.key);
    const held = known === NONE ? NOTHING : this.#unpacked.of(known, stored.key);
    if (known !== NONE && this.#staying(known, held).some((other) => comesTooLate(stored, other))) return;
    const text = textOf(stored);
    const bytes = footprint(stored, text);
    if (bytes > this.#room) {
      // It would push everything else out and then itself; what it replaces is outdated all the same.
      this.delete(stored.key);
      return;
    }
    const slot = known === NONE ? this.#slots.open() : known;
    const node = this.#nodes.add(slot, stored, text, bytes, this.#slots.found(slot));
    if (known === NONE) {
      this.#slots.add(stored.key, slot, node);
      this.#eviction.added(slot, stored.key);
    } else this.#renew(slot, node, stored, held);
    this.#entries++;
    this.#bytes += bytes;
    this.#expiry.push(node, reusableUntil(stored.reading));
    this.#groups.add(node, stored.groups);
    this.#purging.came(node);
    this.#makeRoom(slot);
    this.#unpacked.fit(this.#room - this.#bytes);
  }

  delete(key: CacheKey): number {
    const slot = this.#slots.get(key);
    if (slot === NONE) return 0;
    this.#eviction.removed(slot);
    return this.#close(slot);
  }

  deleteGroup(group: Group): Promise<number> | number {
    return this.#purging.dropGroup(group);
  }

  purge(purge: Purge): Promise<number> | number {
    return isClear(purge) ? this.clear() : this.#purging.purge(purge);
  }

  keys(range: KeyRange): readonly CacheKey[] {
    return this.#slots.keys(range, (slot) => this.#purging.leavesAny(slot));
  }

  look(key: CacheKey): readonly Held[] {
    const slot = this.#slots.get(key);
    if (slot === NONE) return [];
    return this.#purging.held(slot, this.#unpacked.ready(slot) ?? this.#slots.unpack(slot, key));
  }

  clear(): number {
    const entries = this.#entries;
    this.#nodes.clear();
    this.#slots.clear();
    this.#expiry.clear();
    this.#groups.clear();
    this.#eviction.clear();
    this.#unpacked.clear();
    this.#purging.clear();
    this.#bytes = 0;
    this.#entries = 0;
    return entries;
  }

  stats(): StoreStats {
    return {
      ...{ entries: this.#entries, bytes: this.#bytes, maxBytes: this.#maxBytes, readyBytes: this.#unpacked.counted },
      ...{ evictions: this.#evictions, expired: this.#expired },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.clear();
  }

  /**
   * Where much has to go for one large response, the most of it goes in later turns: for so long there is that response too much.
   * @param put the slot of what was just put, which stays
   */
  #makeRoom(put: Slot): void {
    if (this.#bytes <= this.#room) return;
    const now = this.#clock();
    for (let gone = 0; this.#bytes > this.#room; gone++) {
      if (gone === MOST_AT_ONCE) {
        this.#goOn(put);
        return;
      }
      const expired = this.#expiry.popExpired(now);
      if (expired !== NONE) {
        this.#expired++;
        this.#remove(expired);
        continue;
      }
      const victim = this.#eviction.evict(put);
      if (victim === NONE) this.#shorten(put);
      else this.#evictions += this.#close(victim);
    }
  }

  #goOn(put: Slot): void {
    if (this.#isGoing) return;
    this.#isGoing = true;
    this.#later(() => {
      this.#isGoing = false;
      // Where it has gone by now, its number may be another's, which is then spared for this once.
      this.#makeRoom(put);
    });
  }

  /** Drops the least recently put variant of the one key that is left, so that what was just put stays. */
  #shorten(slot: Slot): void {
    for (const last of [...this.#slots.nodes(slot)].slice(-1)) this.#remove(last);
    this.#evictions++;
  }

  /** What lies in a slot already gives way to a response or comes behind it. */
  #renew(slot: Slot, node: Node, stored: StoredResponse, held: readonly StoredResponse[]): void {
    this.#eviction.used(slot);
    const { kept, gone } = this.#slots.renew(slot, node, stored, held);
    for (const other of gone) this.#forget(other);
    this.#unpacked.keep(slot, stored.key, kept);
  }

  /** Of what lies in a slot, what purges that are under way leave of it. */
  #staying(slot: Slot, variants: readonly StoredResponse[]): readonly StoredResponse[] {
    return this.#purging.isIdle ? variants : this.#purging.held(slot, variants).map(({ stored }) => stored);
  }

  #soften(node: Node): void {
    this.#expiry.remove(node);
    this.#expiry.push(node, this.#nodes.packed.soften(node, momentOf(this.#clock())));
    this.#unpacked.drop(this.#nodes.slotOf(node));
  }

  /** Drops one response from its slot, and the slot with the last of them. */
  #remove(node: Node): void {
    const slot = this.#nodes.slotOf(node);
    this.#unpacked.drop(slot);
    const wasLast = this.#slots.take(node);
    this.#forget(node);
    if (!wasLast) return;
    this.#eviction.removed(slot);
    this.#slots.delete(slot);
  }

  /** Drops a slot that is no longer in the order of eviction. */
  #close(slot: Slot): number {
    let gone = 0;
    for (const node of this.#slots.nodes(slot)) {
      this.#forget(node);
      gone++;
    }
    this.#unpacked.drop(slot);
    this.#slots.delete(slot);
    return gone;
  }

  #forget(node: Node): void {
    this.#bytes -= this.#nodes.bytesOf(node);
    this.#entries--;
    this.#expiry.remove(node);
    this.#groups.remove(node, this.#nodes.groupsOf(node));
    this.#purging.gone(node);
    this.#nodes.remove(node);
  }
}

const NOTHING: readonly StoredResponse[] = [];
