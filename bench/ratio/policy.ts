import { LruEviction } from "../../src/store/memory/eviction-lru.ts";
import { S3FifoEviction } from "../../src/store/memory/eviction-s3-fifo.ts";
import { ByNumber } from "./by-number.ts";
import type { Entry } from "./entry.ts";
import { S3FifoAsPublished } from "./s3-fifo-as-published.ts";
import { Sieve } from "./sieve.ts";
import { WTinyLfu } from "./w-tiny-lfu.ts";

/** An order of eviction under test; here nothing expires and nothing is invalidated. */
export type Policy = {
  /** Bytes it takes besides what it keeps in the entries. */
  readonly bytes: number;
  readonly added: (entry: Entry) => void;
  readonly used: (entry: Entry) => void;
  /** Takes out the entry that is to go next, which is not `spared`; undefined where no other is left. */
  readonly evict: (spared: Entry) => Entry | undefined;
};

/** What a policy is told: the bound in bytes, and about how many entries that will be. */
export type Capacity = { readonly bytes: number; readonly entries: number };

/** The policies by the names they have in the table; the first is what the others are measured by. */
export const POLICIES: Readonly<Record<string, (capacity: Capacity) => Policy>> = {
  lru: () => new ByNumber(new LruEviction()),
  "s3-fifo": ({ bytes }) => new ByNumber(new S3FifoEviction(bytes)),
  "S3-FIFO as published": ({ bytes }) => new S3FifoAsPublished(bytes),
  SIEVE: () => new Sieve(),
  "W-TinyLFU": (capacity) => new WTinyLfu(capacity),
};
