import { type PurgeAsked, readPurge } from "../admin/purge.ts";
import { InvalidOptions } from "./options.ts";

/**
 * What `purge` takes. A text is a URL or a path, of the proxy or of the origin: that one resource with all its variants; with a `*` in it,
 * it is a pattern. An object names one thing to purge by, and whether what it is about is to be marked stale instead of dropped (`soft`).
 */
export type Purging =
  | string
  | ({ readonly soft?: boolean } & (
      | { readonly url: string }
      | { readonly prefix: string }
      /** A URL pattern, e.g. `/users/:id/*`. */
      | { readonly pattern: string }
      /** In Cache-Tag, Surrogate-Key, xkey or Cache-Groups. */
      | { readonly tag: string }
      | { readonly tags: readonly string[] }
      | { readonly everything: true }
    ));

/** @throws InvalidOptions where it names nothing that could be purged */
export function purgeOf(purging: Purging): PurgeAsked {
  const members = typeof purging === "string" ? { [purging.includes("*") ? "pattern" : "url"]: purging } : purging;
  const asked = readPurge({ type: "object", members: new Map(Object.entries(members)) });
  if (asked.type === "refused") throw new InvalidOptions(`purge: ${asked.why}`);
  return asked;
}
