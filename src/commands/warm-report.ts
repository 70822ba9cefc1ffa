import { formatRoundedSize } from "../config/units.ts";
import type { Milliseconds } from "../http/date.ts";
import { formatCount } from "./counts.ts";
import type { Outcome } from "./warm-answer.ts";
import type { Halt } from "./warming.ts";

/** Failures that are named one by one. */
const MOST_SHOWN = 10;

/** One that failed. */
export type Failed = { readonly what: string; readonly reason: string };

/** Counts what came of warming, request by request; holds no more than the first failures. */
export class Tally {
  /** Requests that are to be made: each URL once for each variant. */
  readonly requests: number;
  stored = 0;
  already = 0;
  bytes = 0;
  failures = 0;
  readonly notStorable = new Map<string, number>();
  readonly failed: Failed[] = [];

  constructor(requests: number) {
    this.requests = requests;
  }

  get settled(): number {
    const unstored = this.notStorable.values().reduce((sum, count) => sum + count, 0);
    return this.stored + this.already + this.failures + unstored;
  }

  count(what: string, outcome: Outcome, bytes: number): void {
    this.bytes += bytes;
    switch (outcome.type) {
      case "stored":
        this.stored++;
        return;
      case "already":
        this.already++;
        return;
      case "not-storable":
        this.notStorable.set(outcome.reason, (this.notStorable.get(outcome.reason) ?? 0) + 1);
        return;
      case "failed":
        this.failures++;
        // A terminal would obey control characters.
        if (this.failed.length < MOST_SHOWN) {
          this.failed.push({ what: what.replace(/\p{Cc}/gu, ""), reason: outcome.reason });
        }
        return;
    }
  }
}

/** What the summary tells besides the counts. */
export type Run = {
  /** URLs that were named, those that could not be asked for included. */
  readonly urls: number;
  readonly variants: number;
  readonly took: Milliseconds;
  readonly halt: Halt | undefined;
  /** Whether more was named than is taken. */
  readonly cut: boolean;
};

/** The summary as lines for a person. */
export function renderWarming(tally: Tally, run: Run): string {
  const { urls, variants, took } = run;
  const of = variants === 1 ? "" : `, ${variants} variants of each`;
  const unstored = [...tally.notStorable].sort(([, a], [, b]) => b - a);
  const reasons = unstored.map(([reason, count]) => `${reason} ${formatCount(count)}`).join(", ");
  const rows: readonly (readonly [string, number, string])[] = [
    ["stored", tally.stored, ""],
    ["already there", tally.already, ""],
    ["not storable", unstored.reduce((sum, [, count]) => sum + count, 0), reasons],
    ["failed", tally.failures, ""],
    ["not asked", tally.requests - tally.settled, run.halt === undefined ? "" : haltText(run.halt)],
  ];
  const shown = rows.filter(([name, count]) => count > 0 || name === "stored");
  const width = Math.max(...shown.map(([, count]) => formatCount(count).length));
  return [
    `${formatCount(urls)} ${urls === 1 ? "URL" : "URLs"}${of}, ${formatRoundedSize(tally.bytes)} in ${formatTook(took)}`,
    ...shown.map(
      ([name, count, note]) =>
        `  ${name.padEnd(13)} ${formatCount(count).padStart(width)}${note === "" ? "" : `  (${note})`}`,
    ),
    ...tally.failed.map(({ what, reason }) => `    ${what}  ${reason}`),
    ...(tally.failures > tally.failed.length
      ? [`    and ${formatCount(tally.failures - tally.failed.length)} more`]
      : []),
    ...(run.cut ? ["  more was named than is taken at a time; only the first of it was asked for"] : []),
    "",
  ].join("\n");
}

/** The summary for a program. */
export function warmingJson(tally: Tally, { urls, variants, took, halt, cut }: Run): unknown {
  return {
    ...{ urls, variants, requests: tally.requests },
    ...{ stored: tally.stored, already: tally.already },
    notStorable: Object.fromEntries(tally.notStorable),
    failed: tally.failures,
    failures: tally.failed,
    notAsked: tally.requests - tally.settled,
    ...(halt === undefined ? {} : { halted: halt.type }),
    ...{ bytes: tally.bytes, milliseconds: Math.round(took), cut },
  };
}

/** Why not all were asked for. */
export function haltText(halt: Halt): string {
  switch (halt.type) {
    case "gone":
      return "the proxy does not listen any more";
    case "stopped":
      return "stopped";
    case "refusing":
      return "the origin asks for one pause after the other";
    case "too-long":
      return `the origin asks to be left alone for ${formatTook(halt.length)}; --max-wait says how long to wait`;
  }
}

function formatTook(length: Milliseconds): string {
  return length < 10_000 ? `${(length / 1000).toFixed(1)} s` : `${formatCount(Math.round(length / 1000))} s`;
}
