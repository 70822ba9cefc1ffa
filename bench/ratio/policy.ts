import type { Eviction } from "../../src/store/memory/eviction.ts";
import { LruEviction } from "../../src/store/memory/eviction-lru.ts";
import { S3FifoEviction } from "../../src/store/memory/eviction-s3-fifo.ts";
import type { Entry } from "./entry.ts";
import { S3FifoAsPublished } from "./s3-fifo-as-published.ts";
import { Sieve } from "./sieve.ts";
import { WTinyLfu } from "./w-tiny-lfu.ts";

/** An order of eviction under test; here nothing expires and nothing is invalidated. */
export type Policy = Pick<Eviction<Entry>, "bytes" | "added" | "used" | "evict">;

/** What a policy is told: the bound in bytes, and about how many entries that will be. */
export type Capacity = { readonly bytes: number; readonly entries: number };

/** The policies by the names they have in the table; the first is what the others are measured by. */
export const POLICIES: Readonly<Record<string, (capacity: Capacity) => Policy>> = {
  lru: () => new LruEviction(),
  "s3-fifo": ({ bytes }) => new S3FifoEviction(bytes),
  "S3-FIFO as published": ({ bytes }) => new S3FifoAsPublished(bytes),
  SIEVE: () => new Sieve(),
  "W-TinyLFU": (capacity) => new WTinyLfu(capacity),
};
