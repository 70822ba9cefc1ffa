/** Counted up whenever what lies in Redis is laid out otherwise: older proxies and newer ones then never meet. */
const LAYOUT = 1;

/**
 * With what the names of all that a namespace has in Redis begin; a kind follows, and where there are several of it, `:` and a hash.
 * @param namespace of the origin (store/namespace.ts)
 */
export function prefixOf(namespace: string): string {
  return `caching-proxy:${LAYOUT}:${namespace}:`;
}
