import { styleText } from "node:util";
import { formatRoundedSize } from "../config/units.ts";
import { formatCount } from "./counts.ts";
import { formatSpan, whereOf } from "./entries-report.ts";
import { listAt, numberAt, textAt, valueAt } from "./json-shape.ts";

/** Lays all that is stored for one URL out, one block a variant. */
export function renderEntry(answer: unknown, coloured: boolean): string {
  const origin = textAt(answer, "origin") ?? "";
  const title = (text: string): string => (coloured ? styleText("bold", text, { validateStream: false }) : text);
  return listAt(answer, "entries")
    .map((entry) => [title(whereOf(entry, origin)), ...rowsOf(entry), "", ...fieldsOf(entry), ""].join("\n"))
    .join("\n");
}

function rowsOf(entry: unknown): readonly string[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["status", each(numberAt(entry, "status"), String)],
    ["state", stateOf(entry)],
    ["lifetime", lifetimeOf(entry)],
    ["received", each(textAt(entry, "receivedAt"), (at) => `${at}, now ${span(numberAt(entry, "ageSeconds"))} old`)],
    ["size", sizeOf(entry)],
    ["hits", each(numberAt(entry, "hits"), formatCount)],
    ["asked as", textAt(entry, "publicOrigin")],
    ["worker", each(numberAt(entry, "worker"), String)],
  ];
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(10)} ${text}`]));
}

function stateOf(entry: unknown): string | undefined {
  const state = textAt(entry, "state");
  const ttl = numberAt(entry, "ttlSeconds");
  if (state === undefined || ttl === undefined) return state;
  const validated = valueAt(entry, "noCache") === true ? ", validated before each use (no-cache)" : "";
  return state === "fresh" ? `fresh for ${formatSpan(ttl)}${validated}` : `stale since ${formatSpan(-ttl)}${validated}`;
}

/** Where a lifetime comes from, for a person. */
const SOURCES: Readonly<Record<string, string>> = {
  "s-maxage": "s-maxage",
  "max-age": "max-age",
  expires: "Expires",
  rule: "a rule of the config",
  heuristic: "a tenth of its age since Last-Modified",
  default: "--ttl",
  purged: "a soft purge ended it",
  none: "none stated, none guessed",
};

function lifetimeOf(entry: unknown): string | undefined {
  const seconds = numberAt(entry, "lifetime", "seconds");
  const source = textAt(entry, "lifetime", "source");
  if (seconds === undefined || source === undefined) return undefined;
  return `${formatSpan(seconds)} (${Object.hasOwn(SOURCES, source) ? SOURCES[source] : source})`;
}

function sizeOf(entry: unknown): string | undefined {
  const bytes = numberAt(entry, "bytes");
  const body = numberAt(entry, "bodyBytes");
  if (bytes === undefined || body === undefined) return undefined;
  return `${formatRoundedSize(bytes)}, ${formatRoundedSize(body)} of it content`;
}

function fieldsOf(entry: unknown): readonly string[] {
  return listAt(entry, "headers").map((field) => `  ${textAt(field, "0") ?? ""}: ${textAt(field, "1") ?? ""}`);
}

function span(seconds: number | undefined): string {
  return seconds === undefined ? "" : formatSpan(seconds);
}

function each<T>(value: T | undefined, format: (value: T) => string): string | undefined {
  return value === undefined ? undefined : format(value);
}
