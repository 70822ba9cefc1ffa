/**
 * The tags by which an origin names what a response is made from, in the fields that caches have for that: `Cache-Tag` separates them by
 * commas (Cloudflare, Akamai), `Surrogate-Key` by spaces (Fastly), `xkey` by either (Varnish).
 * @returns each once, as they are written
 */
export function parseCacheTags(headers: Headers): readonly string[] {
  const cacheTag = headers.get("cache-tag");
  const surrogateKey = headers.get("surrogate-key");
  const xkey = headers.get("xkey");
  if (cacheTag === null && surrogateKey === null && xkey === null) return NONE;
  const tags = [
    ...(cacheTag?.split(",") ?? NONE),
    // Bun joins several fields by a comma, which is no part of any key.
    ...(surrogateKey?.split(/[ \t,]+/) ?? NONE),
    ...(xkey?.split(/[ \t,]+/) ?? NONE),
  ];
  return [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ""))];
}

const NONE: readonly string[] = [];
