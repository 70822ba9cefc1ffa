import type { Group } from "../../caching/group.ts";
import type { CacheKey } from "../../caching/key.ts";
import { isClear, type Purge } from "../../caching/purge.ts";
import { comesTooLate, type StoredResponse } from "../../caching/stored.ts";
import type { Instant } from "../../http/date.ts";
import type { Held, KeyRange } from "../inventory.ts";
import type { Store, StoreStats } from "../store.ts";
import { Arena } from "./arena.ts";
import type { Eviction } from "./eviction.ts";
import { LruEviction } from "./eviction-lru.ts";
import { ExpiryHeap } from "./expiry-heap.ts";
import { footprint } from "./footprint.ts";
import { GroupIndex } from "./group-index.ts";
import { momentOf, Purging } from "./purging.ts";
import { Node, Slot } from "./slot.ts";
import { Slots } from "./slots.ts";
import { Unpacked } from "./unpacked.ts";

/** How many entries go in one turn of the event loop at most, so that nobody waits longer than for that. */
const MOST_AT_ONCE = 1024;

/** The memory tier: bounded by bytes; what has expired goes first, then one key after the other as the order of eviction has it. */
export class MemoryStore implements Store {
  readonly #maxBytes: number;
  readonly #clock: () => Instant;
  readonly #arena = new Arena();
  readonly #slots = new Slots();
  readonly #expiry = new ExpiryHeap<Node>();
  readonly #groups = new GroupIndex<Node>();
  readonly #eviction: Eviction<Slot>;
  readonly #unpacked: Unpacked<Slot>;
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
    eviction: Eviction<Slot> = new LruEviction(),
    later: (go: () => void) => void = setImmediate,
  ) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
    this.#eviction = eviction;
    this.#later = later;
    this.#room = maxBytes - eviction.bytes;
    this.#unpacked = new Unpacked(maxBytes);
    this.#purging = new Purging({
      ...{ slots: this.#slots, groups: this.#groups },
      drop: (node) => this.#remove(node),
      soften: (node) => this.#soften(node),
      turn: () => new Promise(later),
      clock,
    });
  }

  get(key: CacheKey): readonly StoredResponse[] {
    const hot = this.#unpacked.find(key);
    if (hot !== undefined) {
      hot.of.find();
      this.#eviction.used(hot.of);
      return this.#staying(hot.of, hot.variants);
    }
    const slot = this.#slots.get(key);
    if (slot === undefined) return NONE;
    slot.find();
    this.#eviction.used(slot);
    return this.#staying(slot, this.#unpacked.of(slot, key));
  }

  put(stored: StoredResponse): void {
    const known = this.#slots.get(stored.key);
    const held = known === undefined ? NONE : this.#unpacked.of(known, stored.key);
    if (known !== undefined && this.#staying(known, held).some((other) => comesTooLate(stored, other))) return;
    const bytes = footprint(stored);
    if (bytes > this.#room) {
      // It would push everything else out and then itself; what it replaces is outdated all the same.
      this.delete(stored.key);
      return;
    }
    const slot = known ?? new Slot();
    const node = new Node(slot, stored, bytes, this.#arena);
    if (known === undefined) {
      slot.newest = node;
      this.#slots.add(stored.key, slot);
      this.#eviction.added(slot);
    } else this.#renew(slot, node, stored, held);
    this.#entries++;
    this.#bytes += bytes;
    this.#expiry.push(node);
    this.#groups.add(node);
    this.#purging.came(node);
    this.#makeRoom(slot);
    this.#unpacked.fit(this.#room - this.#bytes);
  }

  delete(key: CacheKey): number {
    const slot = this.#slots.get(key);
    if (slot === undefined) return 0;
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
    return slot === undefined ? [] : this.#purging.held(slot, slot.unpacked?.variants ?? slot.unpack(key));
  }

  clear(): number {
    const entries = this.#entries;
    this.#arena.clear();
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

  #goOn(put: Slot): void {
    if (this.#isGoing) return;
    this.#isGoing = true;
    this.#later(() => {
      this.#isGoing = false;
      this.#makeRoom(put);
    });
  }

  /** Drops the least recently put variant of the one key that is left, so that what was just put stays. */
  #shorten(slot: Slot): void {
    for (const last of [...slot.nodes()].slice(-1)) this.#remove(last);
    this.#evictions++;
  }

  /** What lies in a slot already gives way to a response or comes behind it. */
  #renew(slot: Slot, node: Node, stored: StoredResponse, held: readonly StoredResponse[]): void {
    this.#eviction.used(slot);
    const { kept, gone } = slot.renew(node, stored, held);
    for (const other of gone) this.#forget(other);
    this.#unpacked.keep(slot, stored.key, kept, slot.unpackedBytes);
  }

  /** Of what lies in a slot, what purges that are under way leave of it. */
  #staying(slot: Slot, variants: readonly StoredResponse[]): readonly StoredResponse[] {
    return this.#purging.isIdle ? variants : this.#purging.held(slot, variants).map(({ stored }) => stored);
  }

  #soften(node: Node): void {
    this.#expiry.remove(node);
    node.expires = node.soften(momentOf(this.#clock()));
    this.#expiry.push(node);
    this.#unpacked.drop(node.slot);
  }

  /** Drops one response from its slot, and the slot with the last of them. */
  #remove(node: Node): void {
    const { slot } = node;
    this.#forget(node);
    this.#unpacked.drop(slot);
    if (!slot.remove(node)) return;
    this.#eviction.removed(slot);
    this.#slots.delete(slot);
  }

  /** Drops a slot that is no longer in the order of eviction. */
  #close(slot: Slot): number {
    let gone = 0;
    for (let node = slot.newest; node !== undefined; node = node.before) {
      this.#forget(node);
      gone++;
    }
    this.#unpacked.drop(slot);
    this.#slots.delete(slot);
    return gone;
  }

  #forget(node: Node): void {
    this.#bytes -= node.bytes;
    this.#entries--;
    this.#expiry.remove(node);
    this.#groups.remove(node);
    this.#purging.gone(node);
    node.release();
  }
}

const NONE: readonly StoredResponse[] = [];
