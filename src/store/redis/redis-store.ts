import type { Group } from "../../caching/group.ts";
import { type CacheKey, writtenKey } from "../../caching/key.ts";
import type { Purge } from "../../caching/purge.ts";
import { comesTooLate, type Outline, replaces, type StoredResponse } from "../../caching/stored.ts";
import type { BatchStore } from "../behind.ts";
import type { Held, KeyRange } from "../inventory.ts";
import { hashOf } from "../namespace.ts";
import { sealOf, writeHead } from "../portable.ts";
import type { StoreStats } from "../store.ts";
import type { TierReport } from "../tier-stats.ts";
import { bodyId, CHUNKS_AT_ONCE, readBody, readId, removeBody, writeBody } from "./bodies.ts";
import { KEYS_FROM } from "./inventory-scripts.ts";
import type { Link } from "./link.ts";
import { FORGET, PUT, READ, STATS } from "./scripts.ts";
import type { RedisSession } from "./session.ts";
import { timeToLive } from "./time-to-live.ts";
import { headOf, numbersOf, type Reader, seen, textsOf, type Variant } from "./variant.ts";
import { TooSlow, within } from "./within.ts";

/** How often a response is held against what is there before it is given up to those who write the same key at the same time. */
const ATTEMPTS = 5;

/** A response as it was read, with its id. */
type Found = { readonly stored: StoredResponse; readonly id: string };

/** Keeps responses in a Redis that other proxies of the same origin use too. Whatever is missing there is a miss. */
export class RedisStore implements BatchStore {
  readonly #session: RedisSession;
  readonly #reader: Reader;
  /** Tells this process from others, whose clocks for `sentAt` are others. */
  readonly #asker = crypto.randomUUID();
  /** Responses of which something was missing, those of which something was altered, and those that were cleared away since they had expired. */
  #evictions = 0;
  #damaged = 0;
  #expired = 0;
  #maxBytes: number | undefined;

  constructor(session: RedisSession, reader: Reader) {
    this.#session = session;
    this.#reader = reader;
  }

  async get(key: CacheKey): Promise<readonly StoredResponse[]> {
    const found = await this.#session.read((link) => this.#find(link, key));
    return found?.map(({ stored }) => stored) ?? [];
  }

  async put(stored: StoredResponse): Promise<void> {
    await this.#session.write((link) => this.#put(link, stored));
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
    return this.purge({ what: { type: "everything" }, how: "hard" });
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
          await within(this.#session.patience.purge, link.run(KEYS_FROM, ...args)),
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
      this.#maxBytes ??= await within(this.#session.patience.purge, boundOf(link));
      const [entries, bytes] = numbersOf(await within(this.#session.patience.purge, link.run(STATS)));
      return { entries, bytes, maxBytes: this.#maxBytes };
    });
  }

  /** What lies under a key with its bodies. Of what is missing there is nothing to be found the next time either. */
  async #find(link: Link, key: CacheKey): Promise<readonly Found[]> {
    const { clock } = this.#reader;
    const since = clock().steady;
    const left = (): number => Math.max(1, this.#session.patience.read - (clock().steady - since));
    const { counting } = seen(await within(this.#session.patience.read, link.run(READ, key)));
    const broken: string[] = [];
    const drop = (id: string, why: "missing" | "damaged"): void => {
      broken.push(id);
      if (why === "missing") this.#evictions++;
      else this.#damaged++;
    };
    const found = await Promise.all(
      counting.map(async (variant): Promise<readonly Found[]> => {
        const whole = await this.#whole(link, variant, key, left);
        if (whole === "missing" || whole === "damaged") drop(variant.id, whole);
        return typeof whole === "string" ? [] : [{ stored: whole, id: variant.id }];
      }),
    );
    if (broken.length > 0) {
      void this.#session.write(async (now) => {
        await within(this.#session.patience.write, now.run(FORGET, ...broken.flatMap((id) => [key, id])));
      });
    }
    return found.flat();
  }

  async #whole(
    link: Link,
    variant: Variant,
    key: CacheKey,
    left: () => number,
  ): Promise<StoredResponse | "missing" | "damaged" | "late"> {
    const head = headOf(variant, key, this.#reader);
    if (head === undefined) return "damaged";
    let asked = 0;
    // The first ones share what is left of the patience; once there is an answer each may take as long.
    const patience = (): number => (asked++ < CHUNKS_AT_ONCE ? left() : this.#session.patience.read);
    try {
      const body = await readBody(link, variant.id, head.body, patience);
      return typeof body === "string" ? body : { ...head.stored, body };
    } catch (error) {
      // Redis has answered before: a large body on a slow line is no reason to do without it altogether.
      if (error instanceof TooSlow) return "late";
      throw error;
    }
  }

  async #put(link: Link, stored: StoredResponse): Promise<void> {
    const { clock } = this.#reader;
    const { key, body, sentAt } = stored;
    const seal = await sealOf(body);
    const head = writeHead(stored, seal);
    const id = bodyId(seal.size, seal.size + head.length + key.length + OVERHEAD);
    const groups = stored.groups.length === 0 ? "-" : stored.groups.map(hashOf).join(",");
    const ttl = timeToLive(stored.reading, clock().wall);
    let written = false;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const there = seen(await within(this.#session.patience.write, link.run(READ, key)));
      // By Redis' clock, and rather too early than too late: what another proxy has invalidated since must not come back.
      const asked = Math.floor(there.time - Math.max(0, clock().steady - sentAt) * 1000);
      const outlines = there.counting.map((variant) => ({
        id: variant.id,
        outline: this.#outline(variant, stored, asked),
      }));
      if (outlines.some(({ outline }) => outline !== undefined && comesTooLate(stored, outline))) break;
      const staying = outlines.filter(({ outline }) => outline !== undefined && !replaces(stored, outline));
      const going = there.ids.filter((other) => staying.every((one) => one.id !== other));
      if (!written) await writeBody(link, id, body, ttl + BODY_STAYS, this.#session.patience.write);
      written = true;
      const last = Math.max(0, ...there.counting.map(({ order }) => order));
      const what = [key, id, String(asked), String(ttl), groups, `${this.#asker} ${sentAt}`, head, String(last)];
      const args = [...what, String(there.ids.length), ...there.ids, ...going];
      const [outcome, expired] = textsOf(await within(this.#session.patience.write, link.run(PUT, ...args)));
      if (outcome === "stored") {
        this.#expired += Number(expired);
        return;
      }
      if (outcome === "late") break;
    }
    if (written) await within(this.#session.patience.write, removeBody(link, id));
  }

  /** What a variant is compared by with one that comes; undefined where it is of no use. */
  #outline(variant: Variant, came: StoredResponse, asked: number): Outline | undefined {
    const head = headOf(variant, came.key, this.#reader);
    if (head === undefined) return undefined;
    const isOurs = variant.asker === this.#asker;
    const sentAt = isOurs ? variant.sentAt : came.sentAt + (variant.asked - asked) / 1000;
    return { ...head.stored, body: head.body, sentAt };
  }
}

/** What a response takes in Redis beside key, head and body: its places in the index and by its expiry, and names. */
const OVERHEAD = 400;
/** A body stays a little longer than what names it. */
const BODY_STAYS = 60_000;

/** What Redis may take in bytes: what it is set to, or all of the memory that there is. */
async function boundOf(link: Link): Promise<number> {
  const info = await link.info("memory");
  const number = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
  return number("maxmemory") || number("total_system_memory");
}
