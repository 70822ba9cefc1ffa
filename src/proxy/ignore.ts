import { type IgnoredQuery, keptUrl } from "../caching/ignored-query.ts";
import type { Layer } from "../http/exchange.ts";
import { REMEMBERED_URLS, remembered } from "../http/remembered.ts";

/**
 * Drops parameters from the URL of every request before anything is made of it: what is no part of the key is not sent on either, so that
 * requests of one key ask the origin for the same.
 */
export function ignoring(ignored: IgnoredQuery): Layer {
  if (ignored.names.size === 0 && ignored.beginnings.length === 0) return (next) => next;
  // The same URL is the same object again, and so is what is left of it.
  const keptOf = remembered(REMEMBERED_URLS, (url: URL) => keptUrl(url, ignored));
  return (next) => (incoming) => {
    const url = keptOf(incoming.url);
    return next(url === incoming.url ? incoming : { ...incoming, url });
  };
}
