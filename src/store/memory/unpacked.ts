import type { CacheKey } from "../../caching/key.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import { type Linked, LinkedList } from "../linked-list.ts";
import { ObjectColumn } from "./object-column.ts";

/** Where something lies packed, by its number. */
export type PackedSource = {
  readonly unpack: (of: number, key: CacheKey) => readonly StoredResponse[];
  /** About what `unpack` gives weighs. */
  readonly unpackedBytes: (of: number) => number;
};

/** What lies under one key as `get` gives it, in the order in which it was unpacked. */
export interface Unpacking extends Linked<Unpacking> {
  readonly of: number;
  readonly key: string;
  readonly variants: readonly StoredResponse[];
  readonly bytes: number;
}

/** The share of the store's bound that what is unpacked may take on top of it, and the most of that. */
const SHARE = 1 / 32;
const MOST_ON_TOP = 8 * 1024 * 1024;
/** What it may take where the store has room left; the collector goes over all of it. */
const MOST = 64 * 1024 * 1024;

/** As many as lie unpacked at most, about; a power of two. */
const TRACES = 16_384;

/** What was asked for twice lately, or put again, unpacked: a hit on it makes nothing anew. What was unpacked first is let go first. */
export class Unpacked {
  readonly #source: PackedSource;
  readonly #list = new LinkedList<Unpacking>();
  readonly #unpackings = new ObjectColumn<Unpacking>();
  /** Numbers, since what is deleted of a `Map` stays in memory until all of it is collected, with all that it leads to. */
  readonly #byKey = new Map<string, number>();
  /** What was unpacked lately, each at the place that its number names. */
  readonly #traces = new Int32Array(TRACES).fill(-1);
  readonly #onTop: number;
  #maxBytes: number;
  #bytes = 0;

  /** @param storeBytes the bound of the store that it belongs to */
  constructor(storeBytes: number, source: PackedSource) {
    this.#source = source;
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

  /** What lies in something, unpacked now unless it is; kept so where it was asked for lately. */
  of(packed: number, key: CacheKey): readonly StoredResponse[] {
    const ready = this.ready(packed);
    if (ready !== undefined) return ready;
    const variants = this.#source.unpack(packed, key);
    const trace = packed & (TRACES - 1);
    // What is asked for once and then no more for long is not worth what it weighs to the collector.
    if (this.#traces[trace] === packed) this.keep(packed, key, variants);
    else this.#traces[trace] = packed;
    return variants;
  }

  /** What lies in something, where it is unpacked. */
  ready(packed: number): readonly StoredResponse[] | undefined {
    return this.#unpackings.get(packed)?.variants;
  }

  /** What lies under a key, where it is unpacked. */
  find(key: string): Unpacking | undefined {
    const of = this.#byKey.get(key);
    return of === undefined ? undefined : this.#unpackings.get(of);
  }

  /** @param variants what lies in something, all of it */
  keep(of: number, key: string, variants: readonly StoredResponse[]): void {
    this.drop(of);
    const bytes = this.#source.unpackedBytes(of);
    if (bytes > this.#maxBytes) return;
    const unpacking: Unpacking = { of, key, variants, bytes, older: undefined, newer: undefined };
    this.#list.push(unpacking);
    this.#byKey.set(key, of);
    this.#unpackings.set(of, unpacking);
    this.#bytes += bytes;
    this.#shrink();
  }

  drop(of: number): void {
    const unpacking = this.#unpackings.get(of);
    if (unpacking === undefined) return;
    this.#list.remove(unpacking);
    this.#byKey.delete(unpacking.key);
    this.#unpackings.delete(of);
    this.#bytes -= unpacking.bytes;
  }

  #shrink(): void {
    while (this.#bytes > this.#maxBytes && this.#list.oldest !== undefined) this.drop(this.#list.oldest.of);
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#list.clear();
    this.#byKey.clear();
    this.#unpackings.clear();
    this.#bytes = 0;
  }
}
