/** Methods that don't ask for a change (RFC 9110 §9.2.1, RFC 10008 for QUERY, RFC 4918 and 3253 for the WebDAV ones). */
const SAFE = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND", "REPORT", "SEARCH"]);

/** Whether a successful response to the method leaves what is stored valid (RFC 9111 §4.4). */
export function isSafe(method: string): boolean {
  return SAFE.has(method);
}

/** The methods whose responses are stored and that stored responses answer. */
export type CacheableMethod = "GET" | "HEAD" | "QUERY";

/** Narrows a method to those that the cache answers. */
export function isCacheable(method: string): method is CacheableMethod {
  return method === "GET" || method === "HEAD" || method === "QUERY";
}
