/** A stored response as `/entries` lists it; see docs/entries.md. */
export type Entry = {
  /** Path and query below the origin, by which it can be asked for and purged. */
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly isFresh: boolean;
  readonly noCache: boolean;
  /** Both as they were when it was listed; the freshness that is left is below zero once stale. */
  readonly ageSeconds: number;
  readonly ttlSeconds: number;
  readonly bytes: number;
  /** Undefined where nobody counts. */
  readonly hits: number | undefined;
  readonly tags: readonly string[];
  readonly publicOrigin: string;
  /** Selecting header fields; null stands for one that requests must not have. */
  readonly selecting: readonly (readonly [name: string, value: string | null])[];
  readonly part: string | undefined;
  readonly noVarySearch: string | undefined;
  /** It answers a QUERY. */
  readonly isQuery: boolean;
  readonly worker: number | undefined;
};

/** The same with its fields. */
export type DetailedEntry = Entry & {
  readonly lifetimeSeconds: number | undefined;
  readonly lifetimeSource: string | undefined;
  readonly receivedAt: string | undefined;
  readonly headers: readonly HeaderField[];
};

export type HeaderField = readonly [name: string, value: string];

/** A page of entries. */
export type EntriesPage = {
  readonly origin: string;
  readonly entries: readonly Entry[];
  /** What to pass as `cursor` for more. */
  readonly next: string | undefined;
  readonly complete: boolean;
  /** The name of a store whose own entries are not among these. */
  readonly unlisted: string | undefined;
};

/** Reads what `/entries` answered; what is no entry is left out. */
export function readPage(answer: unknown): EntriesPage {
  const origin = textOf(member(answer, "origin")) ?? "";
  return {
    origin,
    entries: listOf(member(answer, "entries")).flatMap((value) => readEntry(value, origin) ?? []),
    next: textOf(member(answer, "next")),
    complete: member(answer, "complete") !== false,
    unlisted: textOf(member(answer, "unlisted")),
  };
}

/** Reads what `/entries?url=…` answered. */
export function readDetails(answer: unknown): readonly DetailedEntry[] {
  const origin = textOf(member(answer, "origin")) ?? "";
  return listOf(member(answer, "entries")).flatMap((value) => {
    const entry = readEntry(value, origin);
    if (entry === undefined) return [];
    const lifetime = member(value, "lifetime");
    return {
      ...entry,
      lifetimeSeconds: numberOf(member(lifetime, "seconds")),
      lifetimeSource: textOf(member(lifetime, "source")),
      receivedAt: textOf(member(value, "receivedAt")),
      headers: readFields(member(value, "headers")),
    };
  });
}

/** Reads header fields as pairs. */
export function readFields(value: unknown): readonly HeaderField[] {
  return listOf(value).flatMap((pair): HeaderField[] => {
    const [name, content] = listOf(pair);
    return typeof name === "string" && typeof content === "string" ? [[name, content]] : [];
  });
}

function readEntry(value: unknown, origin: string): Entry | undefined {
  const url = textOf(member(value, "url"));
  if (url === undefined) return undefined;
  return {
    path: url.startsWith(`${origin}/`) ? url.slice(origin.length) : url,
    method: textOf(member(value, "method")) ?? "GET",
    status: numberOf(member(value, "status")) ?? 0,
    isFresh: member(value, "state") === "fresh",
    noCache: member(value, "noCache") === true,
    ageSeconds: numberOf(member(value, "ageSeconds")) ?? 0,
    ttlSeconds: numberOf(member(value, "ttlSeconds")) ?? 0,
    bytes: numberOf(member(value, "bytes")) ?? 0,
    hits: numberOf(member(value, "hits")),
    tags: listOf(member(value, "tags")).flatMap((tag) => textOf(tag) ?? []),
    publicOrigin: textOf(member(value, "publicOrigin")) ?? "",
    selecting: Object.entries(objectOf(member(value, "selecting"))).map(([name, field]) => [
      name,
      textOf(field) ?? null,
    ]),
    part: textOf(member(value, "part")),
    noVarySearch: textOf(member(value, "noVarySearch")),
    isQuery: member(value, "query") !== undefined,
    worker: numberOf(member(value, "worker")),
  };
}

/** The member of an object by its name; undefined of anything else. */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
