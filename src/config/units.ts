import type { Milliseconds } from "../http/date.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

type Unit = { readonly name: string; readonly factor: number };

/** From the largest down: formatting takes the first that fits. */
const SIZE_UNITS: readonly Unit[] = [
  { name: "gb", factor: 1024 ** 3 },
  { name: "mb", factor: 1024 ** 2 },
  { name: "kb", factor: 1024 },
  { name: "b", factor: 1 },
];
const DURATION_UNITS: readonly Unit[] = [
  { name: "d", factor: 86_400_000 },
  { name: "h", factor: 3_600_000 },
  { name: "m", factor: 60_000 },
  { name: "s", factor: 1000 },
  { name: "ms", factor: 1 },
];

const SIZE_HELP = "is not a size: write a whole number of bytes, or one with a unit, such as 64kb, 256mb or 1gb";
const DURATION_HELP =
  "is not a duration: write a whole number with a unit, such as 500ms, 30s, 5m, 1h or 7d, or a plain 0";

/** Reads `64kb`, `256mb`, `1gb` or plain bytes, in any case, into bytes; a kb is 1024 bytes. */
export function parseSize(text: string): Parsed<number> {
  const bytes = measure(text, SIZE_UNITS, 1);
  return bytes === undefined ? refuse(SIZE_HELP) : accept(bytes);
}

/** Reads `500ms`, `30s`, `5m`, `1h`, `7d` or a plain `0`, in any case, into milliseconds. */
export function parseDuration(text: string): Parsed<Milliseconds> {
  const milliseconds = measure(text, DURATION_UNITS, undefined);
  return milliseconds === undefined ? refuse(DURATION_HELP) : accept(milliseconds);
}

/** Reads `50kb/s`, in any case, into bytes a second; more than none. */
export function parseBandwidth(text: string): Parsed<number> {
  const [, size = ""] = /^(\w+)\/s$/i.exec(text) ?? [];
  const bytes = parseSize(size);
  return bytes.ok && bytes.value > 0
    ? bytes
    : refuse("is not a bandwidth: write a size a second, such as 50kb/s or 1mb/s");
}

/** Writes bytes in the largest unit that holds them exactly, so that {@link parseSize} gives the same number back. */
export function formatSize(bytes: number): string {
  const unit = SIZE_UNITS.find(({ factor }) => bytes >= factor && bytes % factor === 0);
  return unit === undefined || unit.factor === 1 ? String(bytes) : `${bytes / unit.factor}${unit.name}`;
}

/** Writes milliseconds in the largest unit that holds them exactly, so that {@link parseDuration} gives the same number back. */
export function formatDuration(milliseconds: Milliseconds): string {
  const unit = DURATION_UNITS.find(({ factor }) => milliseconds >= factor && milliseconds % factor === 0);
  return unit === undefined ? "0" : `${milliseconds / unit.factor}${unit.name}`;
}

/** Writes bytes for a person to read at a glance: one decimal, not exact. */
export function formatRoundedSize(bytes: number): string {
  const unit = SIZE_UNITS.find(({ factor }) => bytes >= factor);
  if (unit === undefined || unit.factor === 1) return `${bytes} bytes`;
  return `${Number((bytes / unit.factor).toFixed(1))} ${unit.name}`;
}

/** A number without a unit counts in `bare`; where that is undefined only a zero may go without. */
function measure(text: string, units: readonly Unit[], bare: number | undefined): number | undefined {
  const match = /^(\d+)([a-z]*)$/i.exec(text);
  const digits = match?.[1];
  const name = match?.[2]?.toLowerCase();
  if (digits === undefined || name === undefined) return undefined;
  const count = Number(digits);
  const factor = name === "" ? bare : units.find((unit) => unit.name === name)?.factor;
  if (factor === undefined) return name === "" && count === 0 ? 0 : undefined;
  const total = count * factor;
  return Number.isSafeInteger(total) ? total : undefined;
}
