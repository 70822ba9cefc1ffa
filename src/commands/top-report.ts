import { styleText } from "node:util";
import { formatRoundedSize } from "../config/units.ts";
import { visible } from "../observe/access-text.ts";
import type { PathTotal } from "../observe/path-totals.ts";
import { formatCount } from "./counts.ts";

/** What comes first. */
export const SORTS = ["requests", "misses", "bytes", "slow"] as const;
export type Sort = (typeof SORTS)[number];

/** What a table is about, besides its rows. */
export type TopSummary = {
  readonly title: string;
  readonly paths: readonly PathTotal[];
  /** How many exchanges went by unseen. */
  readonly dropped: number;
  readonly sort: Sort;
};

/** As wide and high as a terminal, or as it gets. */
export type Paper = { readonly columns: number; readonly rows: number; readonly coloured: boolean };

const HEADINGS: readonly (readonly [heading: string, sort: Sort | undefined, width: number])[] = [
  ["REQUESTS", "requests", 9],
  ["MISSES", "misses", 8],
  ["ERRORS", undefined, 7],
  ["BYTES", "bytes", 11],
  ["MEAN", "slow", 8],
  ["MAX", undefined, 8],
];
/** Title, summary, an empty line and the headings. */
const LINES_ABOVE = 4;

/** Lays out which paths are asked for, one line each; nothing is wider or higher than the paper. */
export function renderTop(summary: TopSummary, { columns, rows, coloured }: Paper): readonly string[] {
  const { title, paths, sort } = summary;
  const sorted = paths.toSorted((a, b) => rank(b, sort) - rank(a, sort) || b.requests - a.requests);
  const cut = (text: string): string => (text.length > columns ? `${text.slice(0, Math.max(0, columns - 1))}>` : text);
  const paint = (style: "bold" | "dim", text: string): string =>
    coloured ? styleText(style, text, { validateStream: false }) : text;
  const heading = HEADINGS.map(([name, of, width]) => `${of === sort ? `*${name}` : name}`.padStart(width)).join("");
  return [
    paint("bold", cut(visible(title))),
    cut(totals(summary)),
    "",
    paint("dim", cut(`${heading}  PATH`)),
    ...sorted.slice(0, Math.max(0, rows - LINES_ABOVE)).map((path) => cut(row(path))),
  ];
}

function rank({ requests, misses, bytes, totalMs }: PathTotal, sort: Sort): number {
  return { requests, misses, bytes, slow: meanOf(totalMs, requests) }[sort];
}

function row({ method, path, requests, misses, errors, bytes, totalMs, maxMs }: PathTotal): string {
  const cells = [
    ...[requests, misses, errors].map(formatCount),
    ...[formatRoundedSize(bytes), formatMs(meanOf(totalMs, requests)), formatMs(maxMs)],
  ];
  const padded = cells.map((cell, i) => ` ${cell}`.padStart(HEADINGS[i]?.[2] ?? 0)).join("");
  return `${padded}  ${method === "GET" ? "" : `${visible(method)} `}${visible(path)}`;
}

/** What all add up to, and which share of it that is. */
function totals({ paths, dropped }: TopSummary): string {
  const sum = (of: (path: PathTotal) => number): number => paths.reduce((total, path) => total + of(path), 0);
  const requests = sum((path) => path.requests);
  const parts = [
    `${formatCount(requests)} ${requests === 1 ? "request" : "requests"} to ${formatCount(paths.length)} ${paths.length === 1 ? "path" : "paths"}`,
    `${formatCount(sum(({ misses }) => misses))} misses`,
    `${formatCount(sum(({ errors }) => errors))} errors`,
    formatRoundedSize(sum(({ bytes }) => bytes)),
  ];
  if (dropped === 0) return parts.join(", ");
  const share = Math.floor((requests / (requests + dropped)) * 1000) / 10;
  return `${parts.join(", ")}; only ${share} % were seen, ${formatCount(dropped)} passed too fast`;
}

function meanOf(total: number, count: number): number {
  return count === 0 ? 0 : total / count;
}

function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)}ms` : ms < 100_000 ? `${Math.round(ms)}ms` : `${Math.round(ms / 1000)}s`;
}
