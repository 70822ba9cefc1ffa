import type { Eviction } from "./eviction.ts";
import { LruEviction } from "./eviction-lru.ts";
import { S3FifoEviction } from "./eviction-s3-fifo.ts";

/** The order of eviction that a user calls by this name, for a store of so many bytes. */
export function evictionBy(name: "lru" | "s3-fifo", maxBytes: number): Eviction {
  switch (name) {
    case "lru":
      return new LruEviction();
    case "s3-fifo":
      return new S3FifoEviction(maxBytes);
  }
}
