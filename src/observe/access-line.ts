import { formatCacheStatus } from "../http/cache-status.ts";
import type { ExchangeRecord } from "./record.ts";
import { whyOf } from "./shown-exchange.ts";

/** One line of the access log for a program: a JSON object. */
export function jsonLine(record: ExchangeRecord): string {
  const { at, method, client, status, outcome, durationMs, originMs, bytes, cacheStatus } = record;
  return `${JSON.stringify({
    time: new Date(at).toISOString(),
    method,
    path: pathOf(record),
    client: client(),
    status,
    outcome,
    durationMs: rounded(durationMs),
    originMs: originMs === undefined ? undefined : rounded(originMs),
    bytes,
    cacheStatus: cacheStatus === undefined ? undefined : formatCacheStatus(cacheStatus),
  })}\n`;
}

/** Path and query as the client asked. */
function pathOf({ url }: ExchangeRecord): string {
  return url.pathname + url.search;
}

/** Whether a terminal's colours may be used. */
export type Colour = "colour" | "plain";

/** One line of the access log for a person: `12:04:01 GET 200 HIT /users?page=2 1ms 4.1kB`. */
export function prettyLine(record: ExchangeRecord, colour: Colour): string {
  const paint = colour === "colour" ? PAINT[record.outcome] : "";
  const reset = paint === "" ? "" : "\x1b[0m";
  const outcome = record.outcome.toUpperCase();
  const time = new Date(record.at).toTimeString().slice(0, 8);
  const bytes = record.bytes === undefined ? "" : ` ${shortBytes(record.bytes)}`;
  const words = record.cacheStatus === undefined ? undefined : whyOf(record.cacheStatus);
  const why = words === undefined ? "" : ` (${words})`;
  return `${time} ${record.method} ${record.status} ${paint}${outcome}${reset} ${pathOf(record)} ${shortMs(record.durationMs)}${bytes}${why}\n`;
}

const PAINT: Readonly<Record<ExchangeRecord["outcome"], string>> = {
  hit: "\x1b[32m",
  stale: "\x1b[33m",
  revalidated: "\x1b[36m",
  miss: "\x1b[35m",
  bypass: "\x1b[34m",
  error: "\x1b[31m",
};

function shortMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)}ms` : `${Math.round(ms)}ms`;
}

function shortBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)}kB`;
  return `${(bytes / 1_000_000).toFixed(1)}MB`;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
