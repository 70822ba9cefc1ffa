import type { SeenExchange } from "../har/seen.ts";
import type { PrettyExchange } from "../observe/access-pretty.ts";
import type { Outcome } from "../observe/record.ts";
import { numberAt, textAt, valueAt } from "./json-shape.ts";

const OUTCOMES = ["hit", "miss", "stale", "revalidated", "bypass", "error"] as const satisfies readonly Outcome[];

/** Reads an exchange of which JSON came from a proxy; undefined for what is none. */
export function exchangeIn(value: unknown): PrettyExchange | undefined {
  const [at, status, durationMs] = ["at", "status", "durationMs"].map((name) => numberAt(value, name));
  const [method, path] = [textAt(value, "method"), textAt(value, "path")];
  const outcome = OUTCOMES.find((one) => one === valueAt(value, "outcome"));
  if (at === undefined || status === undefined || durationMs === undefined) return undefined;
  if (method === undefined || path === undefined || outcome === undefined) return undefined;
  const [why, tier, lane] = [textAt(value, "why"), textAt(value, "tier"), textAt(value, "lane")];
  const [ttl, bytes] = [numberAt(value, "ttl"), numberAt(value, "bytes")];
  const stored = valueAt(value, "stored");
  return {
    ...{ at, status, durationMs, method, path, outcome },
    ...(why !== undefined && { why }),
    ...(tier !== undefined && { tier }),
    ...(lane !== undefined && { lane }),
    ...(ttl !== undefined && { ttl }),
    ...(bytes !== undefined && { bytes }),
    ...(typeof stored === "boolean" && { stored }),
    ...(valueAt(value, "collapsed") === true && { collapsed: true }),
  };
}

/** The same with what an archive wants to know of it. */
export function seenIn(value: unknown): SeenExchange | undefined {
  const exchange = exchangeIn(value);
  const publicOrigin = textAt(value, "publicOrigin");
  if (exchange === undefined || publicOrigin === undefined) return undefined;
  const [originMs, cacheStatus] = [numberAt(value, "originMs"), textAt(value, "cacheStatus")];
  return {
    ...exchange,
    publicOrigin,
    ...(originMs !== undefined && { originMs }),
    ...(cacheStatus !== undefined && { cacheStatus }),
  };
}
