export { defineConfig, type OriginConfig } from "./config/define.ts";
export type { Config, WrittenRule as Rule } from "./config/written.ts";
export { type CachedFetch, cachedFetch, type FetchStats } from "./library/cached-fetch.ts";
export type { Exchange } from "./library/exchange.ts";
export type { CachedFetchOptions } from "./library/fetch-options.ts";
export type { Lane, ListeningLane } from "./library/lane.ts";
export { InvalidOptions, type ProxyOptions } from "./library/options.ts";
export {
  type Asked,
  type CachingProxy,
  createProxy,
  type Explained,
  type ListeningProxy,
  type Stats,
} from "./library/proxy.ts";
export type { FetchPurging, Purging } from "./library/purging.ts";
export { type Unrecorded, UnrecordedRequests } from "./library/unrecorded.ts";
