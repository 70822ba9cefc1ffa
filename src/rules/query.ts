import { ignoredQuery, keptUrl } from "../caching/ignored-query.ts";
import { REMEMBERED_URLS, remembered } from "../http/remembered.ts";
import type { RequestChange } from "./effect.ts";

/** Drops query parameters, from the key and from what the origin is asked. */
export const keptParameters: RequestChange = (matched) => {
  const names = matched.first("key.ignore")?.value;
  if (names === undefined) return undefined;
  const ignored = ignoredQuery(names);
  // The same URL is the same object again, and so is what is left of it.
  const keptOf = remembered(REMEMBERED_URLS, (url: URL) => keptUrl(url, ignored));
  return (incoming) => {
    const url = keptOf(incoming.url);
    return url === incoming.url ? incoming : { ...incoming, url };
  };
};
