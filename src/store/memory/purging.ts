import type { Group } from "../../caching/group.ts";
import { writtenKey } from "../../caching/key.ts";
import type { Moment } from "../../caching/moment.ts";
import { type Purge, softened } from "../../caching/purge.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import type { Instant } from "../../http/date.ts";
import type { Held } from "../inventory.ts";
import type { GroupIndex } from "./group-index.ts";
import { Leaving } from "./leaving.ts";
import type { Node, Nodes } from "./nodes.ts";
import { pagesOf } from "./purge-pages.ts";
import type { Slot, Slots } from "./slots.ts";
import { Sweeps } from "./sweeps.ts";

/** How many of a group go in one turn of the event loop: they lie all over the memory, and each takes 10 µs and more where there are a million. */
const MOST_AT_ONCE = 256;

/** What of the memory tier purging is about. */
export type Purged = {
  readonly slots: Slots;
  readonly nodes: Nodes;
  readonly groups: GroupIndex;
  /** Drops one response, and tells `gone` of it. */
  readonly drop: (node: Node) => void;
  /** Marks one response stale. */
  readonly soften: (node: Node) => void;
  /** Waits for another turn of the event loop. */
  readonly turn: () => Promise<void>;
  readonly clock: () => Instant;
};

/** The purges of the memory tier that are under way: what is too much for one turn of the event loop is purged at once for whoever asks. */
export class Purging {
  readonly #of: Purged;
  readonly #leaving = new Leaving<Node>();
  readonly #sweeps: Sweeps;

  constructor(of: Purged) {
    this.#of = of;
    this.#sweeps = new Sweeps(of.nodes);
  }

  get isIdle(): boolean {
    return this.#leaving.isEmpty && this.#sweeps.isEmpty;
  }

  /** A response was put. */
  came(node: Node): void {
    this.#sweeps.came(node);
  }

  /** A response is gone, for whatever reason. */
  gone(node: Node): void {
    this.#leaving.gone(node);
  }

  /** Drops everything that belongs to a group; how many responses went. */
  dropGroup(group: Group): Promise<number> | number {
    const { groups, drop, turn } = this.#of;
    const members = groups.take(group);
    const { size } = members;
    if (size > MOST_AT_ONCE) return this.#leaving.depart(members, MOST_AT_ONCE, drop, turn);
    for (const node of members.all()) drop(node);
    return size;
  }

  /** Does what a purge says; how many responses that were. */
  purge(purge: Purge): Promise<number> | number {
    const { slots, nodes, groups, drop, soften, turn } = this.#of;
    if (purge.how === "hard" && purge.what.type === "group") return this.dropGroup(purge.what.group);
    const change = purge.how === "hard" ? drop : soften;
    const purged = (node: Node): boolean => {
      // It counts for who lets it go already.
      if (this.#leaving.has(node)) return false;
      change(node);
      return true;
    };
    return this.#sweeps.sweep(purge, pagesOf(purge.what, slots, nodes, groups), purged, turn);
  }

  /**
   * Of what lies in a slot, what purges leave of it, and how they leave it.
   * @param variants all that lies there, unpacked
   */
  held(slot: Slot, variants: readonly StoredResponse[]): readonly Held[] {
    const { slots, nodes } = this.#of;
    const lying = [...slots.nodes(slot)];
    return variants.flatMap((stored, i) => {
      const node = lying[i];
      if (node === undefined || this.#leaving.has(node)) return [];
      const hits = slots.found(slot) - nodes.packed.foundBefore(node);
      const one = { stored, bytes: nodes.bytesOf(node), hits };
      const verdict = this.#sweeps.verdict(node, stored.key);
      if (verdict === "goes") return [];
      return verdict === "stays" ? [one] : [{ ...one, stored: softened(stored, momentOf(this.#of.clock())) }];
    });
  }

  /** Whether purges leave anything of what lies in a slot. */
  leavesAny(slot: Slot): boolean {
    if (this.isIdle) return true;
    const { slots } = this.#of;
    const key = writtenKey(slots.keyOf(slot));
    return [...slots.nodes(slot)].some(
      (node) => !this.#leaving.has(node) && this.#sweeps.verdict(node, key) !== "goes",
    );
  }

  /** Everything is gone. */
  clear(): void {
    this.#leaving.clear();
    this.#sweeps.clear();
  }
}

/** The memory tier knows the wall clock alone. Where that was set back, what is softened is older than it seems: it is stale all the same. */
export function momentOf(wall: Instant): Moment {
  return { wall, steady: Number.NEGATIVE_INFINITY };
}
