import type { CacheStatus } from "../http/cache-status.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import { Considered } from "./considered.ts";
import type { Wants } from "./filter-fields.ts";
import type { ExchangeRecord, Outcome } from "./record.ts";
import { type ShownExchange, type ShownRecord, shown } from "./shown-exchange.ts";

/** How many exchanges a process remembers; what comes faster than watchers read is counted, not kept. */
export const REMEMBERED_EXCHANGES = 4096;

/** How long after somebody has read them exchanges are remembered with whose they are, since that has to be looked up at once. */
const WATCHED_FOR: Milliseconds = 3000;

/** Which exchanges of a ring to read. */
export type Since = {
  /** The number of the first one wanted; those of before the ring's own first count as never there. */
  readonly seq: number;
  /** Undefined wants all. */
  readonly wants: Wants | undefined;
  /** Of more the oldest are left out. */
  readonly limit: number;
};

/** What was read. */
export type Read = {
  /** The oldest first. */
  readonly exchanges: readonly ShownExchange[];
  /** Where to go on reading. */
  readonly next: number;
  /** How many were overwritten before they were read, whatever they were, or left out by the limit. */
  readonly dropped: number;
};

/** A place in the ring, written over again and again so that a hit makes no garbage. It keeps nothing of the request alive. */
class Place {
  at: Instant = 0;
  method = "";
  asked: URL | string = "";
  status = 0;
  outcome: Outcome = "bypass";
  cacheStatus: CacheStatus | undefined = undefined;
  durationMs: Milliseconds = 0;
  originMs: Milliseconds | undefined = undefined;
  bytes: number | undefined = undefined;
  lane: string | undefined = undefined;
  client: string | undefined = undefined;
  /** Once somebody has looked: each further watcher finds it made. */
  shown: ShownExchange | undefined = undefined;

  get url(): URL {
    if (typeof this.asked === "string") this.asked = new URL(this.asked);
    return this.asked;
  }
}

/**
 * The last exchanges of this process, by numbers that count up. Whoever watches reads from where he left off; nobody is written to, so
 * that a slow reader costs nothing.
 */
export class Recent {
  readonly #worker: number;
  readonly #clock: () => Instant;
  readonly #size: number;
  /** Made one by one in the first round: all of them would hold up the start. */
  readonly #places: Place[] = [];
  readonly #first: number;
  #next: number;
  /** The place of the next exchange; a remainder of large numbers would cost more than all the rest. */
  #at = 0;
  #watchedUntil: Instant = 0;

  /**
   * @param worker 0 where the process is alone
   * @param first the number of the first exchange: one that no earlier process with this worker's number has reached
   * @param size how many are remembered
   */
  constructor(worker: number, first: number, clock: () => Instant, size = REMEMBERED_EXCHANGES) {
    this.#worker = worker;
    this.#first = first;
    this.#next = first;
    this.#clock = clock;
    this.#size = size;
  }

  /** The number that the next exchange gets. */
  get next(): number {
    return this.#next;
  }

  /** The number of the oldest exchange that is still there. */
  get oldest(): number {
    return Math.max(this.#first, this.#next - this.#size);
  }

  push(record: ExchangeRecord): void {
    const place = this.#places[this.#at] ?? this.#another();
    this.#next++;
    this.#at = this.#at + 1 === this.#size ? 0 : this.#at + 1;
    place.at = record.at;
    place.method = record.method;
    place.asked = record.comesAgain === true ? record.url : record.url.href;
    place.status = record.status;
    place.outcome = record.outcome;
    place.cacheStatus = record.cacheStatus;
    place.durationMs = record.durationMs;
    place.originMs = record.originMs;
    place.bytes = record.bytes;
    place.lane = record.lane;
    place.client = record.at < this.#watchedUntil ? record.client() : undefined;
    place.shown = undefined;
  }

  #another(): Place {
    const place = new Place();
    this.#places.push(place);
    return place;
  }

  /** Reads what has come since; that somebody does is remembered for a moment. */
  since({ seq, wants, limit }: Since): Read {
    this.#watchedUntil = this.#clock() + WATCHED_FOR;
    const from = this.#from(seq);
    let dropped = this.#lost(seq);
    const exchanges: ShownExchange[] = [];
    // From the newest on, so that what the limit leaves out without anybody asking for it is never made.
    for (let at = this.#next - 1; at >= from; at--) {
      if (exchanges.length === limit && wants === undefined) {
        dropped += at - from + 1;
        break;
      }
      const place = this.#placeOf(at);
      if (place === undefined || !this.#isWanted(place, wants)) continue;
      if (exchanges.length < limit) exchanges.push(this.#shown(place, at));
      else dropped++;
    }
    return { exchanges: exchanges.reverse(), next: this.#next, dropped };
  }

  /** Hands out what has come since, the oldest first; nothing of it may be kept. */
  visit(seq: number, wants: Since["wants"], visitor: (seen: ShownRecord) => void): Omit<Read, "exchanges"> {
    for (let at = this.#from(seq); at < this.#next; at++) {
      const place = this.#placeOf(at);
      if (place !== undefined && this.#isWanted(place, wants)) visitor(place);
    }
    return { next: this.#next, dropped: this.#lost(seq) };
  }

  /** The first that is still there of those wanted. */
  #from(seq: number): number {
    return Math.min(Math.max(seq, this.oldest), this.#next);
  }

  /** How many of those wanted were overwritten. */
  #lost(seq: number): number {
    return Math.max(0, this.oldest - Math.max(seq, this.#first));
  }

  #placeOf(seq: number): Place | undefined {
    const at = this.#at - (this.#next - seq);
    return this.#places[at < 0 ? at + this.#size : at];
  }

  #isWanted(place: Place, wants: Wants | undefined): boolean {
    return wants === undefined || wants(place.shown ?? new Considered(place, this.#worker, clientOf(place)));
  }

  #shown(place: Place, seq: number): ShownExchange {
    const client = clientOf(place);
    place.shown ??= { ...shown(place, { worker: this.#worker, seq }), ...(client !== undefined && { client }) };
    return place.shown;
  }
}

/** Nobody knows the address of a peer that has left. */
function clientOf({ client }: Place): string | undefined {
  return client === "" ? undefined : client;
}
