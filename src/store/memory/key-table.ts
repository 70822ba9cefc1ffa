/** Something that is found by its key; `hash` and `next` are for the table alone to set. */
export interface Hashed<T> {
  hash: number;
  /** The next one in the same place of the table. */
  next: T | undefined;
  readonly hasKey: (key: string) => boolean;
}

/**
 * Finds things by keys that they hold themselves, so that a key need be no object of its own. It consists of many small tables: one
 * that has to grow moves all that it holds, which would keep everything else waiting where that is a million.
 */
export class KeyTable<T extends Hashed<T>> {
  #shards = emptyShards<T>();

  get(key: string): T | undefined {
    const hash = hashOf(key);
    const heads = this.#shards[hash >>> 24]?.heads ?? [];
    let item = heads[hash & (heads.length - 1)];
    while (item !== undefined && !(item.hash === hash && item.hasKey(key))) item = item.next;
    return item;
  }

  /** @param key of which there is none in the table */
  add(key: string, item: T): void {
    item.hash = hashOf(key);
    const shard = this.#shards[item.hash >>> 24];
    if (shard === undefined) return;
    if (shard.count++ === shard.heads.length) grow(shard);
    place(shard.heads, item);
  }

  /** @param gone which is in the table */
  delete(gone: T): void {
    const shard = this.#shards[gone.hash >>> 24];
    if (shard === undefined) return;
    shard.count--;
    const at = gone.hash & (shard.heads.length - 1);
    let item = shard.heads[at];
    if (item === gone) shard.heads[at] = gone.next;
    while (item !== undefined && item.next !== gone) item = item.next;
    if (item !== undefined) item.next = gone.next;
    gone.next = undefined;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#shards = emptyShards();
  }
}

type Shard<T> = { heads: (T | undefined)[]; count: number };

/** As many as the upper eight bits of a hash name; the lower ones name a place in one. */
const SHARDS = 256;
/** Nobody can choose keys beforehand that all fall on one place. */
const SEED = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

function hashOf(key: string): number {
  return Bun.hash.xxHash32(key, SEED);
}

function emptyShards<T>(): readonly Shard<T>[] {
  return Array.from({ length: SHARDS }, () => ({ heads: [undefined], count: 0 }));
}

function grow<T extends Hashed<T>>(shard: Shard<T>): void {
  const before = shard.heads;
  shard.heads = new Array(before.length * 2).fill(undefined);
  for (const head of before) {
    for (let item = head; item !== undefined; ) {
      const { next } = item;
      place(shard.heads, item);
      item = next;
    }
  }
}

function place<T extends Hashed<T>>(heads: (T | undefined)[], item: T): void {
  const at = item.hash & (heads.length - 1);
  item.next = heads[at];
  heads[at] = item;
}
