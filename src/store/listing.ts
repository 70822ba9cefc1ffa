import { type CacheKey, writtenKey } from "../caching/key.ts";
import type { Clock, Moment } from "../caching/moment.ts";
import type { Milliseconds } from "../http/date.ts";
import { type Entry, entryOf, tagsOf } from "./entry.ts";
import type { Held, Inventory } from "./inventory.ts";

/** In which order entries are listed: by key, the largest first, those found most often first, the oldest first. */
export type Order = "key" | "size" | "hits" | "age";

/** An entry's place in an order: by value, those of one value by key, those of one key by what tells variants apart. */
export type Place = { readonly value: number; readonly key: string; readonly tie: number };

/** Which entries are to be listed. */
export type ListingQuestion = {
  /** With what their keys begin. */
  readonly prefix: string;
  readonly tag: string | undefined;
  readonly state: Entry["state"] | undefined;
  readonly sort: Order;
  /** At most so many, of those behind `after`. */
  readonly limit: number;
  readonly after: Place | undefined;
};

/** Some entries in their order. */
export type Listing = {
  readonly items: readonly Item[];
  /** Behind which others come; undefined where these were the last. */
  readonly next: Place | undefined;
  /** How many keys were looked at, and whether those were all that had to be: else what was not seen may belong before what is here. */
  readonly scanned: number;
  readonly complete: boolean;
};

export type Item = { readonly place: Place; readonly entry: Entry };

/** What listing rests on besides the store. */
export type Pace = {
  readonly clock: Clock;
  /** How long a listing may take. */
  readonly patience: Milliseconds;
  /** Waits for another turn of the event loop. */
  readonly turn: () => Promise<void>;
};

/** How many keys are looked at in one turn. */
const PAGE = 256;
/** How many of them at once: a store on another machine has requests to answer meanwhile. */
const LOOKS = 16;

/**
 * Lists what a store holds. By key it looks at no more than it lists and what the filters leave out; any other order looks at all that
 * the prefix covers, in turns, and keeps the first of it.
 */
export async function list(inventory: Inventory, question: ListingQuestion, pace: Pace): Promise<Listing> {
  const { prefix, sort, after } = question;
  const now = pace.clock();
  const until = now.steady + pace.patience;
  const first = new First(question);
  // Of the key at which the last page ended there may be more.
  const begin = sort === "key" && after !== undefined ? writtenKey(after.key) : undefined;
  const limit = sort === "key" ? Math.min(PAGE, question.limit + 1) : PAGE;
  let scanned = 0;
  let keys: readonly CacheKey[] = begin === undefined ? [] : [begin];
  let last = begin;
  do {
    for (let i = 0; i < keys.length; i += LOOKS) {
      const found = await Promise.all(keys.slice(i, i + LOOKS).map((key) => inventory.look(key)));
      for (const held of found.flat()) first.offer(held, now);
    }
    scanned += keys.length;
    last = keys.at(-1) ?? last;
    if (sort === "key" && first.isFull) return { ...first.listing(), scanned, complete: true };
    if (last !== undefined && pace.clock().steady > until) return cutOff(first, last, sort, scanned);
    await pace.turn();
    keys = await inventory.keys({ prefix, after: last, limit });
  } while (keys.length > 0);
  return { ...first.listing(), scanned, complete: true };
}

/** Time is up: by key the next page goes on where this one ended, in any other order what was not seen may belong anywhere. */
function cutOff(first: First, last: CacheKey, sort: Order, scanned: number): Listing {
  const { items, next } = first.listing();
  if (sort !== "key") return { items, next, scanned, complete: false };
  return { items, next: { value: 0, key: last, tie: Number.MAX_SAFE_INTEGER }, scanned, complete: true };
}

/** The first entries of an order among all that are offered; of the others nothing is kept. */
class First {
  readonly #question: ListingQuestion;
  #items: Item[] = [];
  /** What comes from here on is not wanted any more. */
  #bound: Place | undefined;

  constructor(question: ListingQuestion) {
    this.#question = question;
  }

  /** Whether there is more than is asked for. */
  get isFull(): boolean {
    return this.#bound !== undefined || this.#items.length > this.#question.limit;
  }

  offer(held: Held, now: Moment): void {
    const { after, tag, state, sort, limit } = this.#question;
    const value = rankOf(held, sort);
    // Most of a large store ends here.
    if (this.#bound !== undefined && value > this.#bound.value) return;
    const place = { value, key: held.stored.key, tie: tieOf(held) };
    if (after !== undefined && comparePlaces(place, after) <= 0) return;
    if (this.#bound !== undefined && comparePlaces(place, this.#bound) >= 0) return;
    if (tag !== undefined && !tagsOf(held.stored.groups).includes(tag)) return;
    const entry = entryOf(held, now);
    if (state !== undefined && entry.state !== state) return;
    this.#items.push({ place, entry });
    if (this.#items.length > 2 * limit) this.#shorten();
  }

  listing(): Pick<Listing, "items" | "next"> {
    this.#shorten();
    return { items: this.#items, next: this.#bound && this.#items.at(-1)?.place };
  }

  #shorten(): void {
    const { limit } = this.#question;
    this.#items.sort((a, b) => comparePlaces(a.place, b.place));
    const beyond = this.#items[limit];
    if (beyond === undefined) return;
    this.#bound = beyond.place;
    this.#items = this.#items.slice(0, limit);
  }
}

/**
 * Puts together what several stores list to the same question.
 * @param listings each complete up to its `next`
 */
export function mergeListings(listings: readonly Listing[], limit: number): Listing {
  const ends = listings.flatMap(({ next }) => next ?? []).sort(comparePlaces);
  const [end] = ends;
  const sorted = listings
    .flatMap(({ items }) => items)
    .filter(({ place }) => end === undefined || comparePlaces(place, end) <= 0)
    .sort((a, b) => comparePlaces(a.place, b.place));
  // Copies of one entry in several memories have one place, and must not be torn apart.
  const last = sorted[limit - 1];
  const items = last === undefined ? sorted : sorted.filter(({ place }) => comparePlaces(place, last.place) <= 0);
  return {
    items,
    next: items.length < sorted.length ? last?.place : end,
    scanned: listings.reduce((sum, { scanned }) => sum + scanned, 0),
    complete: listings.every(({ complete }) => complete),
  };
}

/** Below 0 where the first comes before the second. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.value !== b.value) return a.value - b.value;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.tie - b.tie;
}

/** What an order goes by, ascending. */
function rankOf({ stored, bytes, hits }: Held, sort: Order): number {
  switch (sort) {
    case "key":
      return 0;
    case "size":
      return -bytes;
    case "hits":
      return -(hits ?? 0);
    case "age":
      // When it was made: of two the older one stays the older one.
      return stored.reading.responseTime - stored.reading.initialAge;
  }
}

/** What tells the variants of a key apart. */
function tieOf({ stored: { method, publicOrigin, selecting, reading } }: Held): number {
  return Bun.hash.crc32(JSON.stringify([method, publicOrigin, selecting, reading.contentRange?.first]));
}
