import type { ShownExchange } from "../observe/shown-exchange.ts";

/** A request that passed, and how it was answered. */
export type Exchange = {
  /** When the request came, in ms since the epoch. */
  readonly at: number;
  /** As the client sent it. */
  readonly method: string;
  /** As the client asked it of the proxy. */
  readonly url: string;
  /** Path and query of it. */
  readonly path: string;
  /** In which it passed; absent in the default lane. */
  readonly lane?: string;
  /** The request's fields, with credentials hidden; known of a lane's exchanges alone. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the answer that the client got. */
  readonly status: number;
  /** The word that X-Cache says, or that the proxy answered for an origin that did not. A fixture is a HIT. */
  readonly outcome: "HIT" | "MISS" | "STALE" | "REVALIDATED" | "BYPASS" | "ERROR";
  /** Why the origin was asked (RFC 9211 §2.2): `uri-miss`, `stale`, `method` …; absent where it was not. */
  readonly reason?: string;
  /** What `detail` of Cache-Status says: `fixture`, `unrecorded`, `no-store`, `fault-status` …; absent where there is nothing to say. */
  readonly detail?: string;
  /** The file of the fixture that answered, below the folder of fixtures. */
  readonly fixture?: string;
  /** By which the cache knows it: path and query as the origin is asked. */
  readonly key?: string;
  /** The freshness that is left, in seconds; below zero where the response is stale. */
  readonly ttl?: number;
  /** Whether what the origin sent is stored; absent where it was not asked. */
  readonly stored?: boolean;
  /** The answer came by another client's request, for which this one waited. */
  readonly collapsed?: true;
  /** Until the answer's fields were there, in ms. */
  readonly durationMs: number;
  /** What the origin took of it, in ms; absent where it was not asked or did not answer. */
  readonly originMs?: number;
  /** Of the answer's content; absent where its length was not known as it started. */
  readonly bytes?: number;
  /** The whole of Cache-Status, as it stood in the answer. */
  readonly cacheStatus?: string;
};

const OUTCOMES = {
  hit: "HIT",
  miss: "MISS",
  stale: "STALE",
  revalidated: "REVALIDATED",
  bypass: "BYPASS",
  error: "ERROR",
} as const;

/** What a test is told of an exchange that was remembered. */
export function exchangeOf(shown: Omit<ShownExchange, "id"> & Pick<Exchange, "headers">): Exchange {
  const { at, method, path, publicOrigin, status, outcome, durationMs, fwd, detail, key } = shown;
  const { ttl, stored, collapsed, originMs, bytes, cacheStatus, lane, headers } = shown;
  const isFixture = detail === "fixture" || detail === "fixture-broken";
  return {
    ...{ at, method, url: publicOrigin + path, path, status, outcome: OUTCOMES[outcome], durationMs },
    ...(lane !== undefined && { lane }),
    ...(headers !== undefined && { headers }),
    ...(fwd !== undefined && { reason: fwd }),
    ...(detail !== undefined && { detail }),
    ...(key !== undefined && (isFixture ? { fixture: key } : { key })),
    ...(ttl !== undefined && { ttl }),
    ...(stored !== undefined && { stored }),
    ...(collapsed !== undefined && { collapsed }),
    ...(originMs !== undefined && { originMs }),
    ...(bytes !== undefined && { bytes }),
    ...(cacheStatus !== undefined && { cacheStatus }),
  };
}
