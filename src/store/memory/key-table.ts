import { ownHash } from "../../http/own-hash.ts";
import { Column } from "./column.ts";
import { NONE } from "./numbers.ts";

/**
 * Finds things by keys that they hold themselves, so that a key need be no object of its own; the things are numbered. It consists of
 * many small tables: one that has to grow moves all that it holds, which would keep everything else waiting where that is a million.
 */
export class KeyTable {
  #shards = emptyShards();
  readonly #hashes = new Column();
  /** The next one in the same place of the table. */
  readonly #nexts = new Column();
  readonly #hasKey: (item: number, key: string) => boolean;

  /** @param hasKey whether the key of something that is in the table is this one */
  constructor(hasKey: (item: number, key: string) => boolean) {
    this.#hasKey = hasKey;
  }

  /** What has a key; `NONE` where nothing has. */
  get(key: string): number {
    const hash = hashOf(key);
    const { heads } = this.#shardOf(hash);
    let item = heads[hash & (heads.length - 1)] ?? NONE;
    while (item !== NONE && !(this.#hashes.get(item) === hash && this.#hasKey(item, key))) item = this.#nexts.get(item);
    return item;
  }

  /** @param key of which there is none in the table */
  add(key: string, item: number): void {
    const hash = hashOf(key);
    const shard = this.#shardOf(hash);
    if (shard.count++ === shard.heads.length) this.#grow(shard);
    this.#hashes.set(item, hash);
    this.#place(shard.heads, item);
  }

  /** @param gone which is in the table; its key is not looked at */
  delete(gone: number): void {
    const hash = this.#hashes.get(gone);
    const shard = this.#shardOf(hash);
    shard.count--;
    const at = hash & (shard.heads.length - 1);
    const next = this.#nexts.get(gone);
    let item = shard.heads[at] ?? NONE;
    if (item === gone) {
      shard.heads[at] = next;
      return;
    }
    while (item !== NONE && this.#nexts.get(item) !== gone) item = this.#nexts.get(item);
    if (item !== NONE) this.#nexts.set(item, next);
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#shards = emptyShards();
    this.#hashes.clear();
    this.#nexts.clear();
  }

  #grow(shard: Shard): void {
    const before = shard.heads;
    shard.heads = new Int32Array(before.length * 2);
    for (const head of before) {
      for (let item = head; item !== NONE; ) {
        const next = this.#nexts.get(item);
        this.#place(shard.heads, item);
        item = next;
      }
    }
  }

  #place(heads: Int32Array, item: number): void {
    const at = this.#hashes.get(item) & (heads.length - 1);
    this.#nexts.set(item, heads[at] ?? NONE);
    heads[at] = item;
  }

  #shardOf(hash: number): Shard {
    const shard = this.#shards[hash >>> 24];
    if (shard === undefined) throw new Error(`No shard is for the hash ${hash}.`);
    return shard;
  }
}

type Shard = { heads: Int32Array; count: number };

/** As many as the upper eight bits of a hash name; the lower ones name a place in one. */
const SHARDS = 256;

function hashOf(key: string): number {
  return ownHash(key) | 0;
}

function emptyShards(): readonly Shard[] {
  return Array.from({ length: SHARDS }, () => ({ heads: new Int32Array(1), count: 0 }));
}
