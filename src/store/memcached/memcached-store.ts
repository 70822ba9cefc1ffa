import type { Group } from "../../caching/group.ts";
import type { CacheKey } from "../../caching/key.ts";
import { CLEAR, type Purge } from "../../caching/purge.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import type { BatchStore } from "../behind.ts";
import type { Held } from "../inventory.ts";
import type { StoreStats } from "../store.ts";
import type { TierReport } from "../tier-stats.ts";
import type { Part } from "./part.ts";
import type { Server } from "./server.ts";

/** One of the servers. */
export type Share = {
  /** What the share of keys that lie there rests on. */
  readonly name: string;
  readonly server: Server;
  readonly part: Part;
};

/**
 * Responses in memcached, which several proxies may share: each key lies on one of the servers. What it holds it cannot list, so that
 * counts are 0 but for single keys, and a purge by prefix or pattern is one of everything.
 */
export class MemcachedStore implements BatchStore {
  readonly #shares: readonly Share[];

  /** @param shares at least one */
  constructor(shares: readonly Share[]) {
    this.#shares = shares;
  }

  async get(key: CacheKey): Promise<readonly StoredResponse[]> {
    const found = await this.#partOf(key).get(key);
    return found.map(({ stored }) => stored);
  }

  put(stored: StoredResponse): Promise<void> {
    return this.#partOf(stored.key).put(stored);
  }

  async putAll(batch: readonly StoredResponse[]): Promise<void> {
    const byKey = Map.groupBy(batch, ({ key }) => key);
    const outcomes = await Promise.allSettled(
      [...byKey.values()].map(async (ofOne) => {
        for (const stored of ofOne) await this.put(stored);
      }),
    );
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    if (failed.length > 0) throw failed[0]?.reason;
  }

  delete(key: CacheKey): Promise<number> {
    return this.#partOf(key).purgeKey(key, "hard");
  }

  deleteGroup(group: Group): Promise<number> {
    return this.purge({ what: { type: "group", group }, how: "hard" });
  }

  clear(): Promise<number> {
    return this.purge(CLEAR);
  }

  async purge({ what, how }: Purge): Promise<number> {
    if (what.type === "key") return this.#partOf(what.key).purgeKey(what.key, how);
    const all = what.type === "group" ? what.group : "everything";
    const counts = await Promise.all(this.#shares.map(({ part }) => part.purgeAll(all, how)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** None: memcached lists nothing. */
  keys(): readonly CacheKey[] {
    return [];
  }

  async look(key: CacheKey): Promise<readonly Held[]> {
    const found = await this.#partOf(key).get(key);
    return found.map(({ stored, bytes }) => ({ stored, bytes, hits: undefined }));
  }

  stats(): StoreStats {
    return UNKNOWN;
  }

  report(): TierReport {
    const sum = (of: (share: Share) => number): number => this.#shares.reduce((total, share) => total + of(share), 0);
    return {
      state: this.#shares.some(({ server }) => server.isAway) ? "failing" : "working",
      damaged: sum(({ part }) => part.damaged),
      failures: sum(({ server }) => server.undone.failures),
      unwritten: sum(({ server }) => server.undone.unwritten),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { server } of this.#shares) server.end();
  }

  /** By the highest of the lots that a key draws for each server, so that a further one takes over its share of the keys alone. */
  #partOf(key: CacheKey): Part {
    const lots = this.#shares.map(({ name, part }) => ({ part, lot: Bun.hash.xxHash64(`${name} ${key}`) }));
    return lots.reduce((best, other) => (other.lot > best.lot ? other : best)).part;
  }
}

const UNKNOWN: StoreStats = { entries: 0, bytes: 0, maxBytes: 0, evictions: 0, expired: 0 };
