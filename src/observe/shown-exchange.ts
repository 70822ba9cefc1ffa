import { type CacheStatus, formatCacheStatus } from "../http/cache-status.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { ExchangeRecord, Outcome } from "./record.ts";

/** An exchange as JSON carries it to whoever watches: the live page, `tail`, `top`, another worker. */
export type ShownExchange = {
  /** Distinct among all workers of a proxy; those of one worker count up by one. */
  readonly id: string;
  /** 0 where the process is alone. */
  readonly worker: number;
  readonly at: Instant;
  readonly method: string;
  /** Path and query as the client asked. */
  readonly path: string;
  /** The scheme and authority by which it asked. */
  readonly publicOrigin: string;
  readonly status: number;
  readonly outcome: Outcome;
  /** The decision in words: why the origin was asked, and why what came was not stored; absent where there is nothing to say. */
  readonly why?: string;
  /** RFC 9211's word for why the origin was asked. */
  readonly fwd?: string;
  /** What Cache-Status says in `detail`. */
  readonly detail?: string;
  readonly key?: string;
  /** The freshness that is left, below zero where it is stale. */
  readonly ttl?: Seconds;
  readonly stored?: boolean;
  readonly collapsed?: true;
  /** Where the stored response lay that answered. */
  readonly tier?: string;
  readonly durationMs: Milliseconds;
  readonly originMs?: Milliseconds;
  readonly bytes?: number;
  /** Known only of exchanges that somebody watched. */
  readonly client?: string;
  readonly cacheStatus?: string;
  /** The lane that it passed in; absent in the default one. */
  readonly lane?: string;
  /** What a person is shown of it, for who asked for the URL as it was; absent where nothing in it is a secret. */
  readonly masked?: MaskedTexts;
};

/** What of an exchange may hold a secret, without it: all that is made of its URL. */
export type MaskedTexts = {
  readonly path: string;
  readonly key?: string;
  readonly cacheStatus?: string;
};

/** Who saw an exchange: a worker's number and the count of its exchanges. */
export type Sighting = { readonly worker: number; readonly seq: number };

/** What is shown of an exchange but whose it was. */
export type ShownRecord = Readonly<Omit<ExchangeRecord, "client" | "headers">>;

/** Says what is known of an exchange, all but whose it was. */
export function shown(record: ShownRecord, { worker, seq }: Sighting): ShownExchange {
  const { at, method, url, status, outcome, cacheStatus, durationMs, originMs, bytes, lane } = record;
  const why = cacheStatus === undefined ? undefined : whyOf(cacheStatus);
  const detail = cacheStatus?.type === "collapsed" ? undefined : cacheStatus?.detail;
  return {
    id: `${worker}-${seq}`,
    worker,
    at,
    method,
    path: pathOf(record),
    publicOrigin: url.origin,
    status,
    outcome,
    durationMs: rounded(durationMs),
    ...(why !== undefined && { why }),
    ...(detail !== undefined && { detail }),
    ...(cacheStatus !== undefined && { ...factsOf(cacheStatus), cacheStatus: formatCacheStatus(cacheStatus) }),
    ...(originMs !== undefined && { originMs: rounded(originMs) }),
    ...(bytes !== undefined && { bytes }),
    ...(lane !== undefined && { lane }),
  };
}

/** Path and query as the client asked. */
export function pathOf({ url }: Pick<ExchangeRecord, "url">): string {
  return url.pathname + url.search;
}

/** The reason behind a decision, where it states one beyond the outcome. */
export function whyOf(cacheStatus: CacheStatus): string | undefined {
  if (cacheStatus.type === "collapsed") return "collapsed";
  const fwd = cacheStatus.type === "forward" && cacheStatus.fwd !== "method" ? [cacheStatus.fwd] : [];
  const detail = cacheStatus.detail === undefined ? [] : [cacheStatus.detail];
  const words = [...fwd, ...detail];
  return words.length === 0 ? undefined : words.join(", ");
}

/** What a decision says beside its reason. */
export type Facts = Pick<ShownExchange, "fwd" | "key" | "ttl" | "stored" | "collapsed" | "tier">;

export function factsOf(of: CacheStatus): Facts {
  const key = of.key === undefined ? {} : { key: of.key };
  switch (of.type) {
    case "none":
      return key;
    case "hit":
      return { ...key, ...(of.ttl !== undefined && { ttl: of.ttl }), ...(of.tier !== undefined && { tier: of.tier }) };
    case "collapsed":
      return { ...key, fwd: of.fwd, ttl: of.ttl, collapsed: true };
    case "stale-on-error":
      return { ...key, fwd: of.fwd, ttl: of.ttl, ...(of.collapsed && { collapsed: true }) };
    case "forward": {
      const ttl = of.ttl === undefined ? {} : { ttl: of.ttl };
      return { ...key, ...ttl, fwd: of.fwd, stored: of.stored, ...(of.collapsed && { collapsed: true }) };
    }
  }
}

/** To the microsecond. */
export function rounded(ms: Milliseconds): Milliseconds {
  return Math.round(ms * 1000) / 1000;
}
