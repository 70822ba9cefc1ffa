import { formatRoundedSize } from "../config/units.ts";
import { entryOrEntries, formatCount } from "./counts.ts";
import { countsAt, numberAt, textAt, valueAt } from "./json-shape.ts";

/** The words of X-Cache, in the order of the report. */
const OUTCOMES = ["hit", "stale", "revalidated", "miss", "bypass", "error"] as const;

/** Lays the answer of the stats endpoint out for a person, one line a subject. What is lacking in it is left out. */
export function renderStats(stats: unknown): string {
  const rows = [
    ["origin", textAt(stats, "origin")],
    ["uptime", each(numberAt(stats, "uptimeSeconds"), formatUptime)],
    ["requests", requests(stats)],
    ["hit ratio", each(numberAt(stats, "hitRatio"), (ratio) => `${Number((ratio * 100).toFixed(1))} %`)],
    ["saved", saved(stats)],
    ["asked for", reasons(stats, "forwarded")],
    ["not stored", reasons(stats, "notStored")],
    ["failed", reasons(stats, "failed")],
    ["cache", cache(stats)],
    ["store", store(stats)],
    ["origin time", latency(stats)],
    ["origin quota", quota(stats)],
    ["origin load", load(stats)],
    ["origins", origins(stats)],
    ["workers", workers(stats)],
    ["log", log(stats)],
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

function saved(stats: unknown): string | undefined {
  const calls = (count: number): string =>
    `${formatCount(count)} ${count === 1 ? "request" : "requests"} to the origin`;
  const parts = [
    each(numberAt(stats, "saved", "calls"), calls),
    each(numberAt(stats, "bytesSaved"), (bytes) => `${formatRoundedSize(bytes)} of content`),
    each(numberAt(stats, "saved", "ms"), (ms) => `some ${formatWait(ms)} of waiting`),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(", ");
}

function formatWait(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : formatUptime(ms / 1000);
}

/** Reasons with their counts, the most frequent first. */
function reasons(stats: unknown, of: string): string | undefined {
  const parts = [...countsAt(stats, "reasons", of)]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`);
  return parts.length === 0 ? undefined : parts.join(", ");
}

function cache(stats: unknown): string | undefined {
  const parts = held(stats, "cache");
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** The tier below the memory. What went wrong there is said only where something did. */
function store(stats: unknown): string | undefined {
  const name = textAt(stats, "store", "name");
  if (name === undefined) return undefined;
  const troubles = TROUBLES.flatMap(([key, word]) => {
    const count = numberAt(stats, "store", key) ?? 0;
    return count === 0 ? [] : [`${formatCount(count)} ${word}`];
  });
  const failing = textAt(stats, "store", "state") === "failing" ? ["failing"] : [];
  return [name, ...failing, ...held(stats, "store"), ...troubles].join(", ");
}

const TROUBLES = [
  ["damaged", "damaged"],
  ["errors", "failed"],
  ["droppedWrites", "not written"],
] as const;

/** What a tier holds, as far as it says. */
function held(stats: unknown, tier: string): readonly string[] {
  const count = (name: string): number | undefined => numberAt(stats, tier, name);
  const bound = count("maxBytes");
  const parts = [
    each(count("entries"), (entries) => `${formatCount(entries)} ${entryOrEntries(entries)}`),
    each(count("bytes"), formatRoundedSize)?.concat(bound === undefined ? "" : ` of ${formatRoundedSize(bound)}`),
    each(count("evictions"), (evictions) => `${formatCount(evictions)} evicted`),
    each(count("expired"), (expired) => `${formatCount(expired)} expired`),
  ];
  return parts.filter((part) => part !== undefined);
}

function latency(stats: unknown): string | undefined {
  const parts = (["p50", "p90", "p99", "max"] as const).flatMap((name) => {
    const milliseconds = numberAt(stats, "originLatencyMs", name);
    return milliseconds === undefined ? [] : [`${name} ${Number(milliseconds.toFixed(1))} ms`];
  });
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** What is left of the strictest quota, and until when the origin has refused to be asked. */
function quota(stats: unknown): string | undefined {
  const left = numberAt(stats, "originQuota", "strictest", "remaining");
  const limit = numberAt(stats, "originQuota", "strictest", "limit");
  const delayed = numberAt(stats, "originQuota", "delayed") ?? 0;
  const until = each(numberAt(stats, "originQuota", "strictest", "resetsAt"), formatTime);
  const parts = [
    each(left, (count) => {
      const of = limit === undefined ? "" : ` of ${formatCount(limit)}`;
      return `${formatCount(count)}${of} left${until === undefined ? "" : ` until ${until}`}`;
    }),
    each(numberAt(stats, "originQuota", "refusedUntil"), (at) => `refuses until ${formatTime(at)}`),
    delayed === 0 ? undefined : `${formatCount(delayed)} delayed`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** What is under way to the origin, where that has a bound. */
function load(stats: unknown): string | undefined {
  const at = (name: string): number => numberAt(stats, "originLoad", name) ?? 0;
  if (numberAt(stats, "originLoad", "most") === undefined) return undefined;
  const told = (["waiting", "delayed", "shed"] as const).flatMap((name) =>
    at(name) === 0 ? [] : [`${formatCount(at(name))} ${name}`],
  );
  return [`${formatCount(at("underWay"))} of ${formatCount(at("most"))} under way`, ...told].join(", ");
}

/** How each address of an origin stands, where somebody looks. */
function origins(stats: unknown): string | undefined {
  const all = valueAt(stats, "origins");
  if (!Array.isArray(all)) return undefined;
  const told = all.map((each: unknown) => {
    const at = (name: string): number => numberAt(each, name) ?? 0;
    const counts = (["failed", "repeated"] as const).flatMap((name) =>
      at(name) === 0 ? [] : [`${formatCount(at(name))} ${name}`],
    );
    const state = STATES[textAt(each, "state") ?? ""];
    const stands = state === undefined ? [] : [`${state} since ${formatTime(at("since"))}`];
    return [`${textAt(each, "address")} ${formatCount(at("asked"))} asked`, ...counts, ...stands].join(", ");
  });
  return told.length === 0 ? undefined : told.join("\n               ");
}

/** Of one that is well there is nothing to say. */
const STATES: Readonly<Record<string, string>> = {
  "half-open": "tried again",
  open: "left alone",
  ill: "fails its health checks",
};

/** The time of day here; to the second, since many quotas last a minute. */
function formatTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
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

/** Said only where something is lacking in it. */
function log(stats: unknown): string | undefined {
  const dropped = numberAt(stats, "log", "dropped") ?? 0;
  return dropped === 0
    ? undefined
    : `${formatCount(dropped)} ${dropped === 1 ? "line" : "lines"} dropped: nobody took them`;
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

function each(value: number | undefined, format: (value: number) => string): string | undefined {
  return value === undefined ? undefined : format(value);
}
