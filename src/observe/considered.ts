import type { Milliseconds } from "../http/date.ts";
import type { Filterable } from "./filter-fields.ts";
import type { Outcome } from "./record.ts";
import { type Facts, factsOf, pathOf, rounded, type ShownRecord, whyOf } from "./shown-exchange.ts";

/**
 * An exchange as a filter looks at it: each member is what watchers would be shown, made when it is asked for. A ring is looked through
 * several times a second, and to make all of each exchange for that would hold up the others.
 */
export class Considered implements Filterable {
  readonly worker: number;
  readonly #record: ShownRecord;
  readonly client: string | undefined;
  #facts: Facts | undefined;

  constructor(record: ShownRecord, worker: number, client: string | undefined) {
    this.#record = record;
    this.worker = worker;
    this.client = client;
  }

  get method(): string {
    return this.#record.method;
  }

  get path(): string {
    return pathOf(this.#record);
  }

  get publicOrigin(): string {
    return this.#record.url.origin;
  }

  get status(): number {
    return this.#record.status;
  }

  get outcome(): Outcome {
    return this.#record.outcome;
  }

  get durationMs(): Milliseconds {
    return rounded(this.#record.durationMs);
  }

  get originMs(): Milliseconds | undefined {
    const { originMs } = this.#record;
    return originMs === undefined ? undefined : rounded(originMs);
  }

  get bytes(): number | undefined {
    return this.#record.bytes;
  }

  get lane(): string | undefined {
    return this.#record.lane;
  }

  get why(): string | undefined {
    const { cacheStatus } = this.#record;
    return cacheStatus === undefined ? undefined : whyOf(cacheStatus);
  }

  get fwd(): string | undefined {
    return this.#known.fwd;
  }

  get key(): string | undefined {
    return this.#known.key;
  }

  get ttl(): number | undefined {
    return this.#known.ttl;
  }

  get stored(): boolean | undefined {
    return this.#known.stored;
  }

  get collapsed(): true | undefined {
    return this.#known.collapsed;
  }

  get tier(): string | undefined {
    return this.#known.tier;
  }

  get #known(): Facts {
    const { cacheStatus } = this.#record;
    this.#facts ??= cacheStatus === undefined ? {} : factsOf(cacheStatus);
    return this.#facts;
  }
}
