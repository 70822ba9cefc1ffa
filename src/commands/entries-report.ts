import { styleText } from "node:util";
import { formatRoundedSize } from "../config/units.ts";
import { formatCount } from "./counts.ts";
import { listAt, numberAt, textAt, valueAt } from "./json-shape.ts";

/** Where a table goes: as wide as a terminal, or as wide as it gets. */
export type Paper = { readonly columns: number | undefined; readonly coloured: boolean };

/** The columns in front of the URL. Numbers end where their column ends. */
const HEADINGS = ["STATUS", "SIZE", "AGE", "FRESH FOR", "HITS"] as const;
/** The URL is not made narrower than this. */
const NARROWEST_URL = 20;
const GAP = "  ";

/** Lays a page of entries out as a table, one line an entry. What is lacking in it is shown as a dash. */
export function renderEntries(answer: unknown, { columns, coloured }: Paper): string {
  const entries = listAt(answer, "entries");
  const origin = textAt(answer, "origin") ?? "";
  if (entries.length === 0) return `${nothing(answer)}\n${remarks(answer)}`;
  const withWorkers = entries.some((entry) => numberAt(entry, "worker") !== undefined);
  const headings = withWorkers ? [...HEADINGS, "WORKER"] : HEADINGS;
  const rows = entries.map((entry) => cells(entry, withWorkers));
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? "").length)));
  const before = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(NARROWEST_URL, columns - before);
  const line = (row: readonly string[], url: string): string =>
    `${row.map((cell, i) => cell.padStart(widths[i] ?? 0) + GAP).join("")}${url}`;
  const paint = (style: "dim" | "yellow", text: string): string =>
    coloured ? styleText(style, text, { validateStream: false }) : text;
  const lines = entries.map((entry, i) => {
    const text = line(rows[i] ?? [], shortened(whereOf(entry, origin), room));
    return textAt(entry, "state") === "stale" ? paint("yellow", text) : text;
  });
  return [paint("dim", line(headings, "URL")), ...lines, ""].join("\n") + remarks(answer);
}

function nothing(answer: unknown): string {
  if (!isComplete(answer)) return "nothing of that was found in time";
  return textAt(answer, "unlisted") === undefined ? "nothing of that is stored" : "nothing of that is in memory";
}

/** What a reader has to know of a page besides what is on it. */
function remarks(answer: unknown): string {
  const next = textAt(answer, "next");
  const scanned = numberAt(answer, "scanned") ?? 0;
  const unlisted = textAt(answer, "unlisted");
  return [
    ...(unlisted === undefined
      ? []
      : [`what lies in ${unlisted} alone cannot be listed; a whole URL is looked for there, too\n`]),
    ...(isComplete(answer)
      ? []
      : [
          `time was up after ${formatCount(scanned)} URLs: what was not looked at may belong among these; narrow it down by a prefix\n`,
        ]),
    ...(next === undefined ? [] : [`there is more: --limit shows more at once, --cursor ${next} goes on from here\n`]),
  ].join("");
}

function isComplete(answer: unknown): boolean {
  return valueAt(answer, "complete") !== false;
}

function cells(entry: unknown, withWorkers: boolean): readonly string[] {
  const number = (name: string, show: (value: number) => string): string => {
    const value = numberAt(entry, name);
    return value === undefined ? "-" : show(value);
  };
  return [
    number("status", String),
    number("bytes", formatRoundedSize),
    number("ageSeconds", formatSpan),
    textAt(entry, "state") === "stale" ? "stale" : number("ttlSeconds", formatSpan),
    number("hits", formatCount),
    ...(withWorkers ? [number("worker", String)] : []),
  ];
}

/** The URL without the origin, and what tells it from others of this URL. */
export function whereOf(entry: unknown, origin: string): string {
  const url = textAt(entry, "url") ?? "-";
  const method = textAt(entry, "method");
  const selecting = Object.entries(valueAt(entry, "selecting") ?? {}).map(([name, value]) =>
    plain(value === null ? `no ${name}` : `${name}: ${String(value)}`),
  );
  const part = textAt(entry, "part");
  const rule = textAt(entry, "noVarySearch");
  const notes = [
    ...(method === undefined || method === "GET" ? [] : [method]),
    ...(valueAt(entry, "noCache") === true ? ["no-cache"] : []),
    ...(part === undefined ? [] : [part]),
    ...(rule === undefined ? [] : [`No-Vary-Search: ${rule}`]),
    ...selecting,
    ...listAt(entry, "tags").map((tag) => plain(`#${String(tag)}`)),
  ];
  const shown = url.startsWith(`${origin}/`) ? url.slice(origin.length) : url;
  return notes.length === 0 ? shown : `${shown}  [${notes.join(", ")}]`;
}

/** A span of time for a person to read at a glance: its two largest units. */
export function formatSpan(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  const sign = seconds < 0 ? "-" : "";
  if (whole >= 86_400) return `${sign}${Math.floor(whole / 86_400)}d${Math.floor(whole / 3600) % 24}h`;
  if (whole >= 3600) return `${sign}${Math.floor(whole / 3600)}h${Math.floor(whole / 60) % 60}m`;
  if (whole >= 60) return `${sign}${Math.floor(whole / 60)}m${whole % 60}s`;
  return `${sign}${whole}s`;
}

/** The beginning and the end tell URLs apart; what is between them goes first. */
function shortened(text: string, room: number): string {
  if (text.length <= room) return text;
  const end = Math.floor((room - 1) / 3);
  return `${text.slice(0, room - 1 - end)}…${end === 0 ? "" : text.slice(-end)}`;
}

/** A terminal would obey control characters. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, "");
}
