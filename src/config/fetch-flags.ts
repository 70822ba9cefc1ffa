import { type Flags, serveFlags } from "./flags.ts";

const { ttl, timeout, quota, eviction, store, collapse, ...others } = serveFlags;

/** Those flags of `serve` that are about what is cached and how origins are asked, which a `fetch` with a cache has as options. */
export const fetchFlags = {
  ...{ ttl, timeout, quota, eviction, store, collapse },
  "ignore-query": others["ignore-query"],
  "max-size": others["max-size"],
  "max-entry-size": others["max-entry-size"],
  "store-size": others["store-size"],
  "max-origin-connections": others["max-origin-connections"],
} as const satisfies Flags;
