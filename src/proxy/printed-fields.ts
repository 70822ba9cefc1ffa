import type { StoredResponse } from "../caching/stored.ts";
import { annotate, type CacheStatus } from "../http/cache-status.ts";
import type { Seconds } from "../http/delta-seconds.ts";

type Hit = Extract<CacheStatus, { type: "hit" }>;

/** The fields of one hit, which are those of all others of the same response within the same second. */
type Printed = {
  readonly stored: Headers;
  readonly age: Seconds;
  readonly ttl: Seconds | undefined;
  readonly fields: Headers;
};

/** How many are kept: what is asked for many times a second is not much. A power of two. */
const SLOTS = 4096;

/** Prints Age, X-Cache and Cache-Status beside stored fields, once for all hits of a second. */
export class PrintedFields {
  readonly #slots: (Printed | undefined)[] = new Array(SLOTS);

  /** The fields of a hit on a stored response of this age. They are shared, and not to be changed. */
  of({ headers, sentAt }: StoredResponse, age: Seconds, hit: Hit): Headers {
    // Microseconds tell nearly all responses apart; whether it is this one is looked at all the same.
    const slot = (sentAt * 1000) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && known.stored === headers && known.age === age && known.ttl === hit.ttl) {
      return known.fields;
    }
    const fields = new Headers(headers);
    fields.set("age", String(age));
    // The origin let it be shared for as long as it is fresh, and no longer.
    if (hit.ttl !== undefined && hit.ttl < 0) fields.delete("set-cookie");
    annotate(fields, hit);
    this.#slots[slot] = { stored: headers, age, ttl: hit.ttl, fields };
    return fields;
  }
}
