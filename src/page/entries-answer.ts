/** A stored response as `entries` lists it; see docs/entries.md. */
export type Entry = {
  readonly url: string;
  readonly method: string;
  readonly status: number;
  readonly state: "fresh" | "stale";
  readonly noCache?: true;
  /** Both as they were when it was listed; the freshness that is left is below zero once stale. */
  readonly ageSeconds: number;
  readonly ttlSeconds: number;
  readonly bytes: number;
  readonly bodyBytes: number;
  readonly hits?: number;
  readonly tags: readonly string[];
  readonly publicOrigin: string;
  /** Selecting header fields; null stands for one that requests must not have. */
  readonly selecting: Readonly<Record<string, string | null>>;
  readonly part?: string;
  readonly noVarySearch?: string;
  readonly query?: string;
  readonly worker?: number;
};

/** The same with its fields. */
export type DetailedEntry = Entry & {
  readonly lifetime: { readonly seconds: number; readonly source: string };
  readonly receivedAt: string;
  readonly headers: readonly HeaderField[];
};

export type HeaderField = readonly [name: string, value: string];

/** A page of entries. */
export type EntriesPage = {
  /** Below which all of them lie. */
  readonly origin: string;
  readonly entries: readonly Entry[];
  /** What to pass as `cursor` for more. */
  readonly next?: string;
  /** Whether all that had to be looked at was. */
  readonly complete: boolean;
  /** The name of a store whose own entries are not among these. */
  readonly unlisted?: string;
};

/** All that is stored for one URL. */
export type EntriesOfUrl = { readonly entries: readonly DetailedEntry[] };

/** What `purge` did. */
export type Purged = { readonly purged: number };

/** What became of a URL that the origin was asked for anew. */
export type Refreshed = { readonly status: number; readonly outcome: string; readonly ms: number };

/** One of two responses that are compared. */
export type Compared = {
  readonly status: number;
  readonly headers: readonly HeaderField[];
  /** Null where it is no text; then its bytes are there in Base64. */
  readonly body: string | null;
  readonly bodyBase64?: string;
  /** There is more of it than what is here. */
  readonly truncated?: boolean;
};

/** What is stored for a URL beside what the origin answers now. */
export type Comparison = {
  /** Of several variants one. */
  readonly stored: (Compared & Pick<Entry, "selecting">) | null;
  /** Without the header fields in `withheld`, which are credentials of whoever asked for what is stored. */
  readonly live: Compared & { readonly withheld?: readonly string[] };
};

/** Path and query of an entry, by which it can be asked for and purged; a URL that is not below the origin as it is. */
export function pathBelow(origin: string, { url }: Entry): string {
  return url.startsWith(`${origin}/`) ? url.slice(origin.length) : url;
}
