import { formatRoundedSize } from "../config/units.ts";
import { numberAt, textAt, valueAt } from "./json-shape.ts";

/** The words of X-Cache, in the order of the report. */
const OUTCOMES = ["hit", "stale", "revalidated", "miss", "bypass", "error"] as const;

/** Lays the answer of the stats endpoint out for a person, one line a subject. What is lacking in it is left out. */
export function renderStats(stats: unknown): string {
  const rows = [
    ["origin", textAt(stats, "origin")],
    ["uptime", each(numberAt(stats, "uptimeSeconds"), formatUptime)],
    ["requests", requests(stats)],
    ["hit ratio", each(numberAt(stats, "hitRatio"), (ratio) => `${Number((ratio * 100).toFixed(1))} %`)],
    ["saved", each(numberAt(stats, "bytesSaved"), (bytes) => `${formatRoundedSize(bytes)} not asked of the origin`)],
    ["cache", cache(stats)],
    ["origin time", latency(stats)],
    ["workers", workers(stats)],
  ] as const;
  const title = [textAt(stats, "name"), textAt(stats, "version")].filter((part) => part !== undefined).join(" ");
  const lines = rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(12)} ${text}`]));
  return `${[title, ...lines].join("\n")}\n`;
}

function requests(stats: unknown): string | undefined {
  const total = numberAt(stats, "requests", "total");
  if (total === undefined) return undefined;
  const parts = OUTCOMES.flatMap((outcome) => {
    const count = numberAt(stats, "requests", outcome);
    return count === undefined || count === 0 ? [] : [`${formatCount(count)} ${outcome}`];
  });
  return parts.length === 0 ? formatCount(total) : `${formatCount(total)} (${parts.join(", ")})`;
}

function cache(stats: unknown): string | undefined {
  const entries = numberAt(stats, "cache", "entries");
  const bytes = numberAt(stats, "cache", "bytes");
  const bound = numberAt(stats, "cache", "maxBytes");
  if (entries === undefined || bytes === undefined) return undefined;
  const evictions = numberAt(stats, "cache", "evictions");
  const expired = numberAt(stats, "cache", "expired");
  return [
    `${formatCount(entries)} ${entries === 1 ? "entry" : "entries"}`,
    `${formatRoundedSize(bytes)}${bound === undefined ? "" : ` of ${formatRoundedSize(bound)}`}`,
    ...(evictions === undefined ? [] : [`${formatCount(evictions)} evicted`]),
    ...(expired === undefined ? [] : [`${formatCount(expired)} expired`]),
  ].join(", ");
}

function latency(stats: unknown): string | undefined {
  const parts = (["p50", "p90", "p99", "max"] as const).flatMap((name) => {
    const milliseconds = numberAt(stats, "originLatencyMs", name);
    return milliseconds === undefined ? [] : [`${name} ${Number(milliseconds.toFixed(1))} ms`];
  });
  return parts.length === 0 ? undefined : parts.join(", ");
}

function workers(stats: unknown): string | undefined {
  const all = valueAt(stats, "workers");
  if (!Array.isArray(all)) return undefined;
  const parts = all.map((worker: unknown) => {
    const requests = numberAt(worker, "requests") ?? 0;
    const restarts = numberAt(worker, "restarts") ?? 0;
    const restarted = restarts === 0 ? "" : `, restarted ${restarts === 1 ? "once" : `${formatCount(restarts)} times`}`;
    return `${formatCount(requests)} (process ${numberAt(worker, "pid")}${restarted})`;
  });
  return `${all.length}, with requests ${parts.join(" + ")}`;
}

function formatUptime(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "m"],
    [whole % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  // Two units say enough: nobody wants the seconds of a week.
  return first < 0
    ? "0s"
    : parts
        .slice(first, first + 2)
        .map(([count, unit]) => `${count}${unit}`)
        .join(" ");
}

function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

function each(value: number | undefined, format: (value: number) => string): string | undefined {
  return value === undefined ? undefined : format(value);
}
