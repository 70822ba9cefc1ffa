/**
 * A map in many small ones: a `Map` moves all that it holds whenever it has doubled, which keeps everything else waiting where that
 * is a million entries.
 */
export class ShardedMap<K extends string, V> {
  #shards = emptyShards<K, V>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    return this.#shards[shardOf(key)]?.get(key);
  }

  set(key: K, value: V): void {
    const shard = this.#shards[shardOf(key)];
    if (shard === undefined) return;
    this.#size -= shard.size;
    shard.set(key, value);
    this.#size += shard.size;
  }

  delete(key: K): void {
    if (this.#shards[shardOf(key)]?.delete(key)) this.#size--;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#shards = emptyShards();
    this.#size = 0;
  }
}

/** As many as the upper eight bits of a hash name. */
const SHARDS = 256;

function emptyShards<K, V>(): readonly Map<K, V>[] {
  return Array.from({ length: SHARDS }, () => new Map());
}

function shardOf(key: string): number {
  return Bun.hash.xxHash32(key) >>> 24;
}
