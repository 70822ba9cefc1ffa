import type { CacheKey } from "../../caching/key.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import { type Linked, LinkedList } from "../linked-list.ts";

/** Something that may lie unpacked here, which `Unpacked` alone sets; undefined at first. */
export type Unpackable<T> = {
  unpacked: Unpacking<T> | undefined;
  readonly unpack: (key: CacheKey) => readonly StoredResponse[];
  /** About what `unpack` gives weighs. */
  readonly unpackedBytes: number;
};

/** What lies under one key as `get` gives it, in the order in which it was unpacked. */
export interface Unpacking<T> extends Linked<Unpacking<T>> {
  readonly of: T;
  readonly key: string;
  readonly variants: readonly StoredResponse[];
  readonly bytes: number;
}

/** The share of the store's bound that what is unpacked may take on top of it, and the most of that. */
const SHARE = 1 / 32;
const MOST_ON_TOP = 8 * 1024 * 1024;
/** What it may take where the store has room left; the collector goes over all of it. */
const MOST = 64 * 1024 * 1024;

/** What was asked for lately, unpacked: a hit on it makes nothing anew. What was unpacked first is let go first. */
export class Unpacked<T extends Unpackable<T>> {
  readonly #list = new LinkedList<Unpacking<T>>();
  readonly #byKey = new Map<string, Unpacking<T>>();
  readonly #onTop: number;
  #maxBytes: number;
  #bytes = 0;

  /** @param storeBytes the bound of the store that it belongs to */
  constructor(storeBytes: number) {
    this.#onTop = Math.min(storeBytes * SHARE, MOST_ON_TOP);
    this.#maxBytes = this.#onTop;
  }

  /** What it takes of the store's bound. */
  get counted(): number {
    return Math.max(0, this.#bytes - this.#onTop);
  }

  /** @param room what the store leaves of its bound, in bytes */
  fit(room: number): void {
    this.#maxBytes = this.#onTop + Math.min(Math.max(0, room), MOST);
    this.#shrink();
  }

  /** What lies in something, unpacked now unless it is. */
  of(packed: T, key: CacheKey): readonly StoredResponse[] {
    if (packed.unpacked !== undefined) return packed.unpacked.variants;
    const variants = packed.unpack(key);
    this.keep(packed, key, variants, packed.unpackedBytes);
    return variants;
  }

  /** What lies under a key, where it is unpacked. */
  find(key: string): Unpacking<T> | undefined {
    return this.#byKey.get(key);
  }

  /** @param bytes about what the variants weigh beside what they were packed in */
  keep(of: T, key: string, variants: readonly StoredResponse[], bytes: number): void {
    this.drop(of);
    if (bytes > this.#maxBytes) return;
    const unpacking: Unpacking<T> = { of, key, variants, bytes, older: undefined, newer: undefined };
    of.unpacked = unpacking;
    this.#list.push(unpacking);
    this.#byKey.set(key, unpacking);
    this.#bytes += bytes;
    this.#shrink();
  }

  drop(of: T): void {
    const { unpacked } = of;
    if (unpacked === undefined) return;
    of.unpacked = undefined;
    this.#list.remove(unpacked);
    this.#byKey.delete(unpacked.key);
    this.#bytes -= unpacked.bytes;
  }

  #shrink(): void {
    while (this.#bytes > this.#maxBytes && this.#list.oldest !== undefined) this.drop(this.#list.oldest.of);
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#list.clear();
    this.#byKey.clear();
    this.#bytes = 0;
  }
}
