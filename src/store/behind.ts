import type { Group } from "../caching/group.ts";
import type { CacheKey } from "../caching/key.ts";
import { covering, type Purge } from "../caching/purge.ts";
import { comesTooLate, replaces, type StoredResponse } from "../caching/stored.ts";
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
  /** How long who asks for what is being written waits for that, before it is a miss; without it for as long as it takes. */
  readonly patience?: Milliseconds | undefined;
  readonly fence: Pick<Fence, "admits">;
  /** Told of a batch that could not be written, of how many responses. */
  readonly report: (error: unknown, responses: number) => void;
  readonly sleep: (length: Milliseconds) => Promise<void>;
};

/** A response that waits, and its place among all that came. */
type Waiting = { readonly stored: StoredResponse; readonly place: number };

type Matches = (stored: StoredResponse) => boolean;

/** What a response weighs beside its body while it waits. */
const OVERHEAD = 2048;

/** Of so many that are dropped while they wait it is found out what they would have replaced; more would keep who drops waiting. */
const MOST_LOOKED_FOR = 64;

/**
 * Lets nobody wait for a store to be written to. Who asks for what is on its way waits until it is there; what is dropped meanwhile
 * is never written.
 */
export class WriteBehind implements Store {
  readonly #store: BatchStore;
  readonly #how: Behind;
  /** In the order in which they came. */
  #waiting: Waiting[] = [];
  /** What is being written. */
  #batch: readonly Waiting[] = [];
  /** How many responses came so far. */
  #came = 0;
  /** How many of a key wait or are being written. */
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
    return this.#keys.has(key) ? this.#getWritten(key) : this.#store.get(key);
  }

  put(stored: StoredResponse): void {
    if (this.#keys.has(stored.key)) {
      const rivals = this.#waiting.filter((waiting) => waiting.stored.key === stored.key);
      if (rivals.some((waiting) => comesTooLate(stored, waiting.stored))) return;
      this.#forget((other) => other.key === stored.key && replaces(stored, other));
    }
    const bytes = stored.body.size + OVERHEAD;
    // One alone may be larger: it lies in the memory all the same.
    if (this.#bytes > 0 && this.#bytes + bytes > this.#how.maxBytes) {
      this.#dropped++;
      // What it would have replaced is outdated all the same.
      this.delete(stored.key).catch((error: unknown) => this.#how.report(error, 1));
      return;
    }
    this.#bytes += bytes;
    this.#waiting.push({ stored, place: ++this.#came });
    this.#keys.set(stored.key, (this.#keys.get(stored.key) ?? 0) + 1);
    this.#writing ??= this.#write();
  }

  delete(key: CacheKey): Promise<number> {
    return this.#drop(
      (stored) => stored.key === key,
      () => this.#store.delete(key),
    );
  }

  deleteGroup(group: Group): Promise<number> {
    return this.#drop(
      ({ groups }) => groups.includes(group),
      () => this.#store.deleteGroup(group),
    );
  }

  clear(): Promise<number> {
    return this.#drop(
      () => true,
      () => this.#store.clear(),
    );
  }

  purge(purge: Purge): Promise<number> {
    // A soft purge keeps what is stored; what is not yet was asked for before it, and the fence would keep it out.
    return this.#drop(covering(purge.what), () => this.#store.purge(purge));
  }

  keys(range: KeyRange): Promise<readonly CacheKey[]> | readonly CacheKey[] {
    return this.#store.keys(range);
  }

  look(key: CacheKey): Promise<readonly Held[]> | readonly Held[] {
    return this.#keys.has(key) ? this.written(key).then(() => this.#store.look(key)) : this.#store.look(key);
  }

  stats(): Promise<StoreStats> | StoreStats {
    return this.#store.stats();
  }

  /** Resolves once all that waits now is written. */
  async flushed(): Promise<void> {
    const last = this.#came;
    while (this.#isPending(last)) await this.#hurried();
  }

  /** What waits under a key now is written by the time that this resolves. */
  async written(key: CacheKey): Promise<void> {
    const last = this.#came;
    while (this.#keys.has(key) && this.#isPending(last)) await this.#hurried();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flushed();
    await this.#store[Symbol.asyncDispose]();
  }

  async #getWritten(key: CacheKey): Promise<readonly StoredResponse[]> {
    const { patience, sleep } = this.#how;
    const written = this.written(key);
    await (patience === undefined ? written : Promise.race([written, sleep(patience)]));
    return this.#keys.has(key) && patience !== undefined ? NONE : this.#store.get(key);
  }

  /** Whether any of the first so many is still to be written. */
  #isPending(last: number): boolean {
    const first = this.#batch[0] ?? this.#waiting[0];
    return first !== undefined && first.place <= last;
  }

  /** The next batch, without waiting for more to join it. */
  async #hurried(): Promise<void> {
    this.#hurry.resolve();
    await this.#writing;
  }

  async #write(): Promise<void> {
    // What a batch has no room for has waited long enough.
    const gather = this.#isFull() ? 0 : this.#how.gather;
    await Promise.race([this.#how.sleep(gather), this.#hurry.promise]);
    this.#hurry = Promise.withResolvers();
    const batch = this.#next();
    this.#batch = batch;
    try {
      const admitted = batch.map(({ stored }) => stored).filter((stored) => this.#how.fence.admits(stored));
      if (admitted.length > 0) await this.#store.putAll(admitted);
    } catch (error) {
      this.#how.report(error, batch.length);
    } finally {
      this.#batch = [];
      for (const { stored } of batch) this.#gone(stored);
      this.#writing = this.#waiting.length > 0 ? this.#write() : undefined;
    }
  }

  /** Whether what waits fills a batch. */
  #isFull(): boolean {
    const { responses, bytes } = this.#how.batch;
    return this.#waiting.length >= responses || this.#bytes >= bytes;
  }

  #next(): readonly Waiting[] {
    const { responses, bytes } = this.#how.batch;
    let size = 0;
    let count = 0;
    for (const { stored } of this.#waiting) {
      size += stored.body.size + OVERHEAD;
      if (count === responses || (count > 0 && size > bytes)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /**
   * What matches and waits is never written; what matches and is being written is dropped once it is there.
   * @returns how many went
   */
  async #drop(matches: Matches, drop: () => Promise<number> | number): Promise<number> {
    const forgotten = this.#forget(matches);
    if (this.#batch.some(({ stored }) => matches(stored))) await this.#writing;
    const looks = forgotten.slice(0, MOST_LOOKED_FOR).map((stored) => this.#replacedBy(stored));
    const replaced = (await Promise.all(looks)).flat();
    const dropped = await drop();
    // What it would have replaced is outdated all the same.
    for (const stored of replaced) if (!matches(stored)) await this.#store.delete(stored.key);
    return forgotten.length - replaced.filter(matches).length + dropped;
  }

  /** What lies in the store that a response would have replaced there; not to know it keeps nobody from dropping. */
  async #replacedBy(stored: StoredResponse): Promise<readonly StoredResponse[]> {
    try {
      return (await this.#store.look(stored.key)).map((held) => held.stored).filter((other) => replaces(stored, other));
    } catch (error) {
      this.#how.report(error, 1);
      return NONE;
    }
  }

  #forget(matches: Matches): readonly StoredResponse[] {
    const forgotten = this.#waiting.map(({ stored }) => stored).filter(matches);
    this.#waiting = this.#waiting.filter(({ stored }) => !matches(stored));
    for (const stored of forgotten) this.#gone(stored);
    return forgotten;
  }

  #gone({ key, body }: StoredResponse): void {
    this.#bytes -= body.size + OVERHEAD;
    const left = (this.#keys.get(key) ?? 1) - 1;
    if (left === 0) this.#keys.delete(key);
    else this.#keys.set(key, left);
  }
}

const NONE: readonly StoredResponse[] = [];
