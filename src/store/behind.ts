import type { Group } from "../caching/group.ts";
import type { CacheKey } from "../caching/key.ts";
import { covering, type Purge } from "../caching/purge.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Fence } from "./fence.ts";
import type { Held, KeyRange } from "./inventory.ts";
import type { Store, StoreStats } from "./store.ts";

/** A store that is written to several responses at a time. */
export interface BatchStore extends Store {
  /** Puts them in this order. */
  putAll(batch: readonly StoredResponse[]): Promise<void> | void;
}

/** How a store is written to behind the responses. */
export type Behind = {
  /** Bodies that may wait to be written, in bytes; what comes beyond is not written. */
  readonly maxBytes: number;
  /** How long a batch is gathered. */
  readonly gather: Milliseconds;
  /** Most responses and bytes of a batch, so that writing one holds up nobody for long. */
  readonly batch: { readonly responses: number; readonly bytes: number };
  readonly fence: Pick<Fence, "admits">;
  /** Told of a batch that could not be written, of how many responses. */
  readonly report: (error: unknown, responses: number) => void;
  readonly sleep: (length: Milliseconds) => Promise<void>;
};

/** What a response weighs beside its body while it waits. */
const OVERHEAD = 2048;

/**
 * Lets nobody wait for a store to be written to. Who asks for what is on its way waits until it is there; what is dropped meanwhile
 * is never written.
 */
export class WriteBehind implements Store {
  readonly #store: BatchStore;
  readonly #how: Behind;
  /** In the order in which they came. */
  #waiting: StoredResponse[] = [];
  readonly #keys = new Map<CacheKey, number>();
  #bytes = 0;
  #dropped = 0;
  #writing: Promise<void> | undefined;
  /** Resolved by who does not want to wait until a batch is gathered. */
  #hurry = Promise.withResolvers<void>();

  constructor(store: BatchStore, how: Behind) {
    this.#store = store;
    this.#how = how;
  }

  /** How many responses were not written since too much was waiting. */
  get dropped(): number {
    return this.#dropped;
  }

  get(key: CacheKey): Promise<readonly StoredResponse[]> | readonly StoredResponse[] {
    return this.#keys.has(key) ? this.#written(key).then(() => this.#store.get(key)) : this.#store.get(key);
  }

  put(stored: StoredResponse): void {
    const bytes = stored.body.size + OVERHEAD;
    if (this.#bytes + bytes > this.#how.maxBytes) {
      this.#dropped++;
      // What it would have replaced is outdated all the same.
      void this.delete(stored.key);
      return;
    }
    this.#bytes += bytes;
    this.#waiting.push(stored);
    this.#keys.set(stored.key, (this.#keys.get(stored.key) ?? 0) + 1);
    this.#writing ??= this.#write();
  }

  async delete(key: CacheKey): Promise<number> {
    this.#forget((stored) => stored.key === key);
    await this.#written(key);
    return this.#store.delete(key);
  }

  async deleteGroup(group: Group): Promise<number> {
    this.#forget(({ groups }) => groups.includes(group));
    await this.flushed();
    return this.#store.deleteGroup(group);
  }

  async purge(purge: Purge): Promise<number> {
    // A soft purge keeps what is stored; what is not yet was asked for before it, and the fence would keep it out.
    this.#forget(covering(purge.what));
    await this.flushed();
    return this.#store.purge(purge);
  }

  keys(range: KeyRange): Promise<readonly CacheKey[]> | readonly CacheKey[] {
    return this.#store.keys(range);
  }

  look(key: CacheKey): Promise<readonly Held[]> | readonly Held[] {
    return this.#keys.has(key) ? this.#written(key).then(() => this.#store.look(key)) : this.#store.look(key);
  }

  async clear(): Promise<number> {
    this.#forget(() => true);
    await this.flushed();
    return this.#store.clear();
  }

  stats(): Promise<StoreStats> | StoreStats {
    return this.#store.stats();
  }

  /** Resolves once all that waits now is written. */
  async flushed(): Promise<void> {
    for (let left = this.#waiting.length + 1; left > 0 && this.#writing !== undefined; left--) await this.#hurried();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flushed();
    await this.#store[Symbol.asyncDispose]();
  }

  /** What waits under a key is written, or is being written, by the time that this resolves. */
  async #written(key: CacheKey): Promise<void> {
    for (let left = this.#keys.get(key) ?? 0; left > 0 && this.#keys.has(key); left--) await this.#hurried();
  }

  /** The next batch, without waiting for more to join it. */
  async #hurried(): Promise<void> {
    this.#hurry.resolve();
    await this.#writing;
  }

  async #write(): Promise<void> {
    await Promise.race([this.#how.sleep(this.#how.gather), this.#hurry.promise]);
    this.#hurry = Promise.withResolvers();
    const batch = this.#next();
    try {
      const admitted = batch.filter((stored) => this.#how.fence.admits(stored));
      if (admitted.length > 0) await this.#store.putAll(admitted);
    } catch (error) {
      this.#how.report(error, batch.length);
    } finally {
      for (const stored of batch) this.#gone(stored);
      this.#writing = this.#waiting.length > 0 ? this.#write() : undefined;
    }
  }

  #next(): readonly StoredResponse[] {
    const { responses, bytes } = this.#how.batch;
    let size = 0;
    let count = 0;
    for (const { body } of this.#waiting) {
      size += body.size + OVERHEAD;
      if (count === responses || (count > 0 && size > bytes)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  #forget(matches: (stored: StoredResponse) => boolean): void {
    this.#waiting = this.#waiting.filter((stored) => {
      if (!matches(stored)) return true;
      this.#gone(stored);
      return false;
    });
  }

  #gone({ key, body }: StoredResponse): void {
    this.#bytes -= body.size + OVERHEAD;
    const left = (this.#keys.get(key) ?? 1) - 1;
    if (left === 0) this.#keys.delete(key);
    else this.#keys.set(key, left);
  }
}
