/**
 * What tells the cache of one origin from those of any other in a store that several proxies share: those of one origin share, others
 * never meet.
 * @param origin of the settings
 */
export function namespaceOf(origin: URL): string {
  return hashOf(origin.href);
}

/** The same for what is fetched from any origin, for all or for one user alone. */
export function namespaceOfFetch(kind: "shared" | "private"): string {
  return hashOf(`fetch ${kind}`);
}

/** 128 bits that a text is known by outside the process, in hex: the first of SHA-1, which Redis' scripts have too. */
export function hashOf(text: string): string {
  return Bun.SHA1.hash(text, "hex").slice(0, 32);
}
