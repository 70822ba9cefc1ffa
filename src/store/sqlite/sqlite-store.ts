import type { Database } from "bun:sqlite";
import type { Group } from "../../caching/group.ts";
import type { CacheKey } from "../../caching/key.ts";
import type { Clock } from "../../caching/moment.ts";
import type { Policy } from "../../caching/policy.ts";
import { CLEAR, type Purge } from "../../caching/purge.ts";
import { comesTooLate, replaces, type StoredResponse } from "../../caching/stored.ts";
import type { BatchStore } from "../behind.ts";
import type { Held, Inventory, KeyRange } from "../inventory.ts";
import type { StoreStats } from "../store.ts";
import type { TierReport } from "../tier-stats.ts";
import type { Bodies } from "./bodies.ts";
import { Invalidations } from "./invalidations.ts";
import { Looks } from "./looks.ts";
import { Patience } from "./patience.ts";
import { type Prepared, prepare } from "./prepared.ts";
import { Purging } from "./purging.ts";
import { Reader } from "./reader.ts";
import { Room } from "./room.ts";
import { type Gone, type Row, Rows } from "./rows.ts";
import { Uses } from "./uses.ts";

/** Rows of what was cleared that go in one turn of the event loop. */
const SWEPT = 50;

/** What a disk tier is made from. */
export type SqliteParts = {
  /** Open, with the tables of schema.ts. */
  readonly db: Database;
  readonly bodies: Bodies;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly policy: Policy;
  /** What ends with the store. */
  readonly closing: DisposableStack;
};

/**
 * The disk tier: rows in an SQLite file, large bodies in files beside it. Several processes may have it open. All that is done to the
 * file is done in short steps, since it holds up the event loop.
 */
export class SqliteStore implements BatchStore, Inventory {
  readonly #db: Database;
  readonly #rows: Rows;
  readonly #looks: Looks;
  readonly #bodies: Bodies;
  readonly #reader: Reader;
  readonly #invalidations: Invalidations;
  readonly #room: Room;
  readonly #purging: Purging;
  readonly #uses = new Uses();
  readonly #clock: Clock;
  /** Of this process: what others put was asked for by another clock. */
  readonly #epoch = crypto.randomUUID();
  readonly #closing: DisposableStack;
  #damaged = 0;
  /** Apart, since who reads waits for nobody who writes. */
  readonly #patience: { readonly reading: Patience; readonly writing: Patience };
  /** Which of the two failed the last time. */
  readonly #failing = { reading: false, writing: false };

  constructor({ db, bodies, maxBytes, clock, policy, closing }: SqliteParts) {
    this.#db = db;
    this.#closing = closing;
    this.#rows = new Rows(db);
    this.#looks = new Looks(db, this.#rows, (run) => this.#do(run));
    this.#bodies = bodies;
    this.#reader = new Reader(bodies, clock, policy, this.#epoch);
    this.#invalidations = new Invalidations(db, this.#epoch);
    this.#room = new Room(db, this.#rows, maxBytes);
    this.#clock = clock;
    const steady = (): number => clock().steady;
    this.#patience = { reading: new Patience(steady), writing: new Patience(steady) };
    this.#purging = new Purging({
      ...{ db, clock, rows: this.#rows, reader: this.#reader, invalidations: this.#invalidations },
      change: (change) => this.#change(change),
      left: (gone) => this.#left(gone),
    });
  }

  async get(key: CacheKey): Promise<readonly StoredResponse[]> {
    const now = this.#clock().wall;
    const rows = await this.#looks.find(key);
    const found = await Promise.all(rows.map((row) => this.#read(row, key)));
    for (const { id, used } of rows) this.#uses.note(id, used, now);
    return found.flatMap((stored) => (stored === undefined || this.#purging.covers(stored) ? [] : stored));
  }

  put(stored: StoredResponse): Promise<void> {
    return this.putAll([stored]);
  }

  async putAll(batch: readonly StoredResponse[]): Promise<void> {
    const surroundings = { bodies: this.#bodies, rows: this.#rows, epoch: this.#epoch, now: this.#clock().wall };
    // All at once: on a busy event loop each step of each would wait its turn. One whose file cannot be written keeps no other one out.
    const outcomes = await Promise.allSettled(batch.map((stored) => prepare(stored, surroundings)));
    const prepared = outcomes.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    try {
      this.#left(await this.#change(() => this.#putAll(prepared)));
    } catch (error) {
      await this.#bodies.remove(prepared.flatMap(({ row }) => row.file ?? []));
      throw error;
    }
    while (this.#room.isShort && (await this.#makeRoom()) > 0);
    const failed = outcomes.find((one) => one.status === "rejected");
    if (failed === undefined) return;
    this.#failing.writing = true;
    throw failed.reason;
  }

  delete(key: CacheKey): Promise<number> {
    return this.purge({ what: { type: "key", key }, how: "hard" });
  }

  deleteGroup(group: Group): Promise<number> {
    return this.purge({ what: { type: "group", group }, how: "hard" });
  }

  clear(): Promise<number> {
    return this.purge(CLEAR);
  }

  purge(purge: Purge): Promise<number> {
    return this.#purging.purge(purge);
  }

  keys({ prefix, after, limit }: KeyRange): Promise<readonly CacheKey[]> {
    return this.#do(() => this.#rows.keys(prefix, after ?? "", limit));
  }

  async look(key: CacheKey): Promise<readonly Held[]> {
    const rows = await this.#do(() => this.#rows.find(key));
    const found = await Promise.all(rows.map((row) => this.#read(row, key)));
    return found.flatMap((stored, i) =>
      stored === undefined ? [] : [{ stored, bytes: rows[i]?.bytes ?? 0, hits: undefined }],
    );
  }

  /** Whether something that should have gone could not be dropped yet. */
  get isOwing(): boolean {
    return this.#purging.isOwing;
  }

  stats(): Promise<StoreStats> {
    const { maxBytes, evictions, expired } = this.#room;
    return this.#do(() => ({ ...this.#rows.totals(), maxBytes, evictions, expired }));
  }

  async report(): Promise<TierReport> {
    const { maxBytes, evictions, expired } = this.#room;
    const known = { maxBytes, evictions, expired, damaged: this.#damaged };
    try {
      const totals = await this.stats();
      const state = this.#failing.writing || this.#failing.reading ? "failing" : "working";
      return { ...totals, ...known, state };
    } catch {
      // Whatever it was, the next request that needs the tier counts and logs it.
      return { ...known, state: "failing" };
    }
  }

  /** What can wait: what could not be dropped is, what was cleared is removed, notes of uses are written, free pages given back. Whether there is more to do. */
  async tidy(): Promise<boolean> {
    await this.#purging.settle();
    const hasMore = (): boolean => !this.#uses.isEmpty || !this.#rows.isSwept || this.#room.isWasteful;
    if (!hasMore()) return false;
    this.#left(
      await this.#change(() => {
        this.#uses.write(this.#rows);
        const swept = this.#rows.sweep(SWEPT);
        if (swept.length === 0) this.#room.shrink();
        return swept;
      }),
    );
    return hasMore();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.dispose();
  }

  /** Drops some of what is too much, how many that were; waits a turn, so that others are served between. */
  async #makeRoom(): Promise<number> {
    const gone = this.#left(
      await this.#change(() => {
        // Else what was hit lately would look as if it was not.
        this.#uses.write(this.#rows);
        return this.#room.make(this.#clock().wall);
      }),
    );
    await Bun.sleep(0);
    return gone;
  }

  /** Within a transaction; the rows that went for it, and those that were not let in. */
  #putAll(prepared: readonly Prepared[]): readonly Gone[] {
    this.#invalidations.refresh(this.#clock().wall);
    return prepared.flatMap((one) => this.#put(one));
  }

  #put({ stored, row }: Prepared): readonly Gone[] {
    if (!this.#invalidations.admits(stored)) return [row];
    if (row.bytes > this.#room.maxBytes) return [row, ...this.#rows.deleteKey(stored.key)];
    const held = this.#rows.find(stored.key).map((row) => ({ row, stored: this.#reader.held(row, stored.key) }));
    if (held.some((other) => other.stored !== undefined && comesTooLate(stored, other.stored))) return [row];
    // What cannot be read is of no use to anybody.
    const outdated = held.filter((other) => other.stored === undefined || replaces(stored, other.stored));
    const gone = outdated.flatMap((other) => this.#rows.delete(other.row.id) ?? []);
    this.#rows.put(row);
    return gone;
  }

  /** What is damaged is dropped, and not found. */
  async #read(row: Row, key: CacheKey): Promise<StoredResponse | undefined> {
    const stored = await this.#reader.read(row, key);
    if (stored !== undefined) return stored;
    this.#damaged++;
    this.#left(await this.#change(() => this.#rows.delete(row.id) ?? []));
    return undefined;
  }

  /** Lets go of the files of what is gone; how much that was. */
  #left(gone: readonly Gone[] | Gone): number {
    const all = [gone].flat();
    this.#bodies.drop(all.flatMap(({ file }) => file ?? []));
    return all.length;
  }

  #change<T>(change: () => T): Promise<T> {
    return this.#do(() => this.#db.transaction(change).immediate(), "writing");
  }

  async #do<T>(run: () => T, what: "reading" | "writing" = "reading"): Promise<T> {
    try {
      const result = await this.#patience[what].wait(run);
      this.#failing[what] = false;
      return result;
    } catch (error) {
      this.#failing[what] = true;
      throw error;
    }
  }
}
