import { type CacheStatus, formatCacheStatus, xCache } from "../http/cache-status.ts";

/** Prints the decision into a response's fields: X-Cache for people, Cache-Status (RFC 9211) for programs. */
export function annotate(headers: Headers, status: CacheStatus): void {
  headers.set("X-Cache", xCache(status));
  // Caches between us and the origin have their members first (RFC 9211 §2).
  headers.append("Cache-Status", formatCacheStatus(status));
}
