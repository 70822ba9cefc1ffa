import type { Group } from "../../caching/group.ts";
import type { CacheKey } from "../../caching/key.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import { Column } from "./column.ts";
import { NONE, Numbers } from "./numbers.ts";
import { ObjectColumn } from "./object-column.ts";
import { Packed } from "./packed.ts";
import type { Slot } from "./slots.ts";
import { WideColumn } from "./wide-column.ts";

/** One stored response of the memory tier, by its number. */
export type Node = number;

/** The stored responses of the memory tier, each with the slot that it lies in, what it counts for and its groups. */
export class Nodes {
  readonly packed = new Packed();
  readonly #numbers = new Numbers();
  readonly #slots = new Column();
  /** What was put before each under the same key. */
  readonly #befores = new Column();
  readonly #bytes = new WideColumn();
  readonly #groups = new ObjectColumn<readonly Group[]>();

  /**
   * @param text all that is text in it (store/memory/packed-text.ts)
   * @param bytes what it counts for
   * @param foundBefore how often others were found in its place before it came
   */
  add(slot: Slot, stored: StoredResponse, text: string, bytes: number, foundBefore: number): Node {
    const node = this.#numbers.take();
    this.packed.add(node, stored, text, foundBefore);
    this.#slots.set(node, slot);
    this.#befores.set(node, NONE);
    this.#bytes.set(node, bytes);
    if (stored.groups.length > 0) this.#groups.set(node, stored.groups);
    return node;
  }

  slotOf(node: Node): Slot {
    return this.#slots.get(node);
  }

  bytesOf(node: Node): number {
    return this.#bytes.get(node);
  }

  groupsOf(node: Node): readonly Group[] {
    return this.#groups.get(node) ?? NO_GROUPS;
  }

  /** What was put before it under the same key and still lies there. */
  before(node: Node): Node {
    return this.#befores.get(node);
  }

  setBefore(node: Node, before: Node): void {
    this.#befores.set(node, before);
  }

  /** @param key its key, which whoever asks has at hand */
  unpack(node: Node, key: CacheKey): StoredResponse {
    return { ...this.packed.unpack(node, key), groups: this.groupsOf(node) };
  }

  /** Lets one go; what came before it is still told. */
  remove(node: Node): void {
    this.packed.remove(node);
    this.#groups.delete(node);
    this.#numbers.giveBack(node);
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.packed.clear();
    this.#numbers.clear();
    this.#slots.clear();
    this.#befores.clear();
    this.#bytes.clear();
    this.#groups.clear();
  }
}

const NO_GROUPS: readonly Group[] = [];
