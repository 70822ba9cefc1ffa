import { cacheKey, type Keyed, targetOf } from "./key.ts";

/**
 * With what the keys begin that a person names by the beginning of a path on the proxy or of a URL of the origin.
 * @returns undefined for what lies elsewhere
 */
export function keyPrefix(origin: URL, text: string): string | undefined {
  const base = targetOf(origin, ANY).href.replace(/\/$/, "");
  if (text.startsWith("/")) return base + text;
  if (`${base}/`.startsWith(text) && text.startsWith(`${origin.origin}`)) return `${base}/`;
  return text.startsWith(`${base}/`) ? text : undefined;
}

/**
 * What a person names by a path on the proxy or by a URL of the origin.
 * @returns undefined for what lies elsewhere
 */
export function namedUrl(origin: URL, text: string): Keyed | undefined {
  const asked = text.startsWith("/") ? URL.parse(ANY.origin + text) : undefined;
  const url = asked === undefined ? URL.parse(text) : asked && targetOf(origin, asked);
  const base = targetOf(origin, ANY).href;
  if (url === null || !`${url.origin}${url.pathname}`.startsWith(base)) return undefined;
  url.hash = "";
  return { target: () => url, key: cacheKey(url) };
}

const ANY = new URL("http://localhost/");
