import type { Group } from "../caching/group.ts";
import type { CacheKey } from "../caching/key.ts";
import { covering, type Extent, type Purgeable } from "../caching/purge.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Milliseconds } from "../http/date.ts";
import { LastFew } from "./last-few.ts";

/** What the fence looks at in a response. */
export type Asked = Pick<StoredResponse, "key" | "groups" | "sentAt">;

/** Invalidations remembered one by one; of older ones only when the last of them was. */
const REMEMBERED = 10_000;
/** The same of purges by prefix or pattern, each of which is asked whether it covers what comes. */
const PURGES = 64;
/** What lies at least between two instants, in ms: one is before the other also where the clock is coarse. */
const TICK = 0.001;

/**
 * When what was invalidated (RFC 9111 §4.4): what was asked for before that and arrives after it stays out, as a GET that was under way
 * while a POST changed the resource, or while everything was cleared.
 */
export class Fence {
  /** By the hash of the key or group, which may be long; two of one hash only keep each other out once. */
  readonly #invalidatedAt = new LastFew<number | bigint, number>(REMEMBERED);
  /** What was purged as a range, the oldest first. */
  #ranges: { readonly covers: (one: Purgeable) => boolean; readonly at: number }[] = [];
  readonly #monotonic: () => Milliseconds;
  /** Nothing that was asked for before this is let in. */
  #floor = Number.NEGATIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;

  /** @param monotonic ms on the clock of `StoredResponse.sentAt` */
  constructor(monotonic: () => Milliseconds) {
    this.#monotonic = monotonic;
  }

  /** An instant for `sentAt` that is later than every invalidation so far, and earlier than every one to come. */
  now(): number {
    this.#latest = Math.max(this.#monotonic(), this.#latest + TICK);
    return this.#latest;
  }

  /** Remembers that this is invalidated now. */
  note(what: CacheKey | Group): void {
    this.#floor = Math.max(this.#floor, this.#invalidatedAt.set(Bun.hash(what), this.now()) ?? this.#floor);
  }

  /** Remembers that everything is invalidated now. */
  noteAll(): void {
    this.#floor = this.now();
    this.#invalidatedAt.clear();
    this.#ranges = [];
  }

  /**
   * Remembers that what an extent covers is purged now. A soft purge keeps out what a hard one does: what was asked for before it may be what
   * it was about, and what is stored stays.
   */
  notePurge(what: Extent): void {
    switch (what.type) {
      case "key":
        this.note(what.key);
        return;
      case "group":
        this.note(what.group);
        return;
      case "everything":
        this.noteAll();
        return;
      case "prefix":
      case "pattern": {
        this.#ranges.push({ covers: covering(what), at: this.now() });
        if (this.#ranges.length > PURGES) this.#floor = Math.max(this.#floor, this.#ranges.shift()?.at ?? this.#floor);
      }
    }
  }

  /** Whether a response was asked for after every invalidation of it. */
  admits(asked: Asked): boolean {
    const { key, groups, sentAt } = asked;
    if (sentAt <= this.#floor) return false;
    if (this.#ranges.some(({ covers, at }) => sentAt <= at && covers(asked))) return false;
    if (this.#invalidatedAt.size === 0) return true;
    const isLater = (what: CacheKey | Group): boolean =>
      sentAt > (this.#invalidatedAt.get(Bun.hash(what)) ?? Number.NEGATIVE_INFINITY);
    return isLater(key) && groups.every(isLater);
  }
}
