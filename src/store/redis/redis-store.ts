import type { Group } from "../../caching/group.ts";
import { type CacheKey, writtenKey } from "../../caching/key.ts";
import { CLEAR, type Purge } from "../../caching/purge.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import type { BatchStore } from "../behind.ts";
import type { Held, KeyRange } from "../inventory.ts";
import { within } from "../remote/within.ts";
import type { StoreStats } from "../store.ts";
import type { TierReport } from "../tier-stats.ts";
import { readId } from "./bodies.ts";
import { KEYS_FROM } from "./inventory-scripts.ts";
import type { Link } from "./link.ts";
import { type Found, readUnder } from "./reading.ts";
import { FORGET, STATS } from "./scripts.ts";
import type { RedisSession } from "./session.ts";
import { numbersOf, type Reader, textsOf } from "./variant.ts";
import { type WritingParts, writeResponse } from "./writing.ts";

/** Keeps responses in a Redis that other proxies of the same origin use too. Whatever is missing there is a miss. */
export class RedisStore implements BatchStore {
  readonly #session: RedisSession;
  readonly #parts: WritingParts;
  /** Responses of which something was missing, those of which something was altered, and those that were cleared away since they had expired. */
  #evictions = 0;
  #damaged = 0;
  #expired = 0;
  #maxBytes: number | undefined;

  constructor(session: RedisSession, reader: Reader) {
    this.#session = session;
    this.#parts = { reader, patience: session.patience, asker: crypto.randomUUID() };
  }

  async get(key: CacheKey): Promise<readonly StoredResponse[]> {
    const found = await this.#session.read((link) => this.#find(link, key));
    return found?.map(({ stored }) => stored) ?? [];
  }

  async put(stored: StoredResponse): Promise<void> {
    await this.#session.write(async (link) => {
      this.#expired += await writeResponse(link, stored, this.#parts);
    });
  }

  async putAll(batch: readonly StoredResponse[]): Promise<void> {
    const byKey = Map.groupBy(batch, ({ key }) => key);
    await Promise.all(
      byKey.values().map(async (ofKey) => {
        for (const stored of ofKey) await this.put(stored);
      }),
    );
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
    return this.#session.purge(purge);
  }

  async keys({ prefix, after, limit }: KeyRange): Promise<readonly CacheKey[]> {
    const keys = await this.#session.read(async (link) => {
      const out: string[] = [];
      // Whatever lies under the last key is behind it: a line feed and an id follow it.
      let from: string | undefined = after !== undefined && after >= prefix ? `(${after}\n~` : `[${prefix}`;
      while (from !== undefined && from !== "" && out.length < limit) {
        const args = [from, prefix, String(limit - out.length)];
        const [next, ...page]: string[] = textsOf(
          await within(this.#parts.patience.purge, link.run(KEYS_FROM, ...args)),
        );
        out.push(...page.filter((key) => key !== out.at(-1)));
        from = next;
      }
      return out;
    });
    return keys?.map(writtenKey) ?? [];
  }

  async look(key: CacheKey): Promise<readonly Held[]> {
    const found = await this.#session.read((link) => this.#find(link, key));
    return found?.map(({ stored, id }) => ({ stored, bytes: readId(id).bytes, hits: undefined })) ?? [];
  }

  async stats(): Promise<StoreStats> {
    const counted = await this.#counted();
    return { entries: 0, bytes: 0, maxBytes: 0, ...counted, evictions: this.#evictions, expired: this.#expired };
  }

  /** What it knows of itself; of what lies in Redis only while that answers. */
  async report(): Promise<TierReport> {
    const counted = await this.#counted();
    const { failures, unwritten } = this.#session;
    const own = { evictions: this.#evictions, expired: this.#expired, damaged: this.#damaged, failures, unwritten };
    return { state: counted === undefined ? "failing" : "working", ...counted, ...own };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#session[Symbol.asyncDispose]();
  }

  #counted(): Promise<Pick<StoreStats, "entries" | "bytes" | "maxBytes"> | undefined> {
    return this.#session.read(async (link) => {
      this.#maxBytes ??= await within(this.#parts.patience.purge, boundOf(link));
      const [entries, bytes] = numbersOf(await within(this.#parts.patience.purge, link.run(STATS)));
      return { entries, bytes, maxBytes: this.#maxBytes };
    });
  }

  /** Of what cannot be used there is nothing to be found the next time either. */
  async #find(link: Link, key: CacheKey): Promise<readonly Found[]> {
    const { found, missing, damaged } = await readUnder(link, key, this.#parts);
    const gone = [...missing, ...damaged];
    if (gone.length > 0) {
      this.#evictions += missing.length;
      this.#damaged += damaged.length;
      void this.#session.write(async (now) => {
        await within(this.#parts.patience.write, now.run(FORGET, ...gone.flatMap((id) => [key, id])));
      });
    }
    return found;
  }
}

/** What Redis may take in bytes: what it is set to, or all of the memory that there is. */
async function boundOf(link: Link): Promise<number> {
  const info = await link.info("memory");
  const number = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
  return number("maxmemory") || number("total_system_memory");
}
