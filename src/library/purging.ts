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

/**
 * What `purge` of a cached fetch takes. A text is a whole URL: that one resource with all its variants; with a `*` in it, it is a pattern.
 * URLs name their origin, of tags it has to be said. `soft` marks what it is about stale instead of dropping it.
 */
export type FetchPurging =
  | string
  | ({ readonly soft?: boolean } & (
      | { readonly url: string }
      | { readonly prefix: string }
      /** A URL pattern, e.g. `https://api.example/users/:id/*`. */
      | { readonly pattern: string }
      /** In Cache-Tag, Surrogate-Key, xkey or Cache-Groups. */
      | { readonly tag: string; readonly origin: string }
      | { readonly tags: readonly string[]; readonly origin: string }
      | { readonly everything: true }
    ));

/** @throws InvalidOptions where it names nothing that could be purged */
export function purgeOfFetch(purging: FetchPurging): { readonly asked: PurgeAsked; readonly origin: URL } {
  const { origin: stated, ...others } =
    typeof purging === "string" || !("origin" in purging) ? { origin: undefined, ...membersOf(purging) } : purging;
  const asked = purgeOf(others);
  const named = stated ?? nameIn(asked);
  const origin = named === undefined ? undefined : URL.parse(/^https?:\/\/[^/?#]*/i.exec(named)?.[0] ?? "");
  if (origin === null)
    throw new InvalidOptions(`purge: ${JSON.stringify(named)} is no http or https URL, which names an origin`);
  if (origin === undefined && asked.wish.type === "tags")
    throw new InvalidOptions(
      'purge: tags are those of an origin: write it, as in { tag: "users", origin: "https://api.example" }',
    );
  return { asked, origin: origin ?? new URL("http://origin.invalid") };
}

function nameIn({ wish }: PurgeAsked): string | undefined {
  switch (wish.type) {
    case "url":
      return wish.url;
    case "prefix":
      return wish.prefix;
    case "pattern":
      return wish.pattern;
    case "tags":
    case "everything":
      return undefined;
  }
}

/** @throws InvalidOptions where it names nothing that could be purged */
export function purgeOf(purging: string | object): PurgeAsked {
  const asked = readPurge({ type: "object", members: new Map(Object.entries(membersOf(purging))) });
  if (asked.type === "refused") throw new InvalidOptions(`purge: ${asked.why}`);
  return asked;
}

function membersOf<T extends object>(purging: string | T): T | Readonly<Record<string, string>> {
  return typeof purging === "string" ? { [purging.includes("*") ? "pattern" : "url"]: purging } : purging;
}
