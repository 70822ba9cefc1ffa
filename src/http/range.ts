/** One range of a Range field, as it is asked for: what it means depends on the representation's length (RFC 9110 §14.1.2). */
export type RangeSpec =
  /** From a position, to a last one (inclusive) or to the end. */
  | { readonly type: "from"; readonly first: number; readonly last: number | undefined }
  /** The last so many bytes. */
  | { readonly type: "suffix"; readonly length: number };

/** A run of bytes: first and last position, both inclusive. */
export type ByteRange = { readonly first: number; readonly last: number };

/** What a Range field asks of a representation of known length (RFC 9110 §14.2). */
export type RangeRequest =
  | ({ readonly type: "single" } & ByteRange)
  /** Two or more that neither overlap nor touch, in the order in which they were asked for. */
  | { readonly type: "several"; readonly ranges: readonly ByteRange[] }
  | { readonly type: "unsatisfiable" }
  /** The field is ignored and the whole is sent, as a server always may. */
  | { readonly type: "whole" };

/** More ranges than this are not what a reader needs but work that it wants done (RFC 9110 §14.2, §17.15). */
const MAX_RANGES = 64;

/**
 * Reads a Range field value.
 * @returns undefined where it asks for no bytes ranges, is malformed, or asks for too many: it is then ignored (RFC 9110 §14.2)
 */
export function parseRange(value: string): readonly RangeSpec[] | undefined {
  const set = /^bytes=(.*)$/is.exec(value.trim())?.[1];
  if (set === undefined) return undefined;
  const specs: RangeSpec[] = [];
  for (const member of set.split(",")) {
    const text = trimmed(member);
    // A list may have empty members (RFC 9110 §5.6.1).
    if (text === "") continue;
    const spec = parseSpec(text);
    if (spec === undefined || specs.length === MAX_RANGES) return undefined;
    specs.push(spec);
  }
  return specs.length === 0 ? undefined : specs;
}

/** The field value that asks for one range. */
export function formatRange(spec: RangeSpec): string {
  return spec.type === "suffix" ? `bytes=-${spec.length}` : `bytes=${spec.first}-${spec.last ?? ""}`;
}

function parseSpec(text: string): RangeSpec | undefined {
  const match = /^(\d*)-(\d*)$/.exec(text);
  const from = match?.[1] ?? "";
  const to = match?.[2] ?? "";
  if (from === "") return to === "" ? undefined : { type: "suffix", length: Number(to) };
  const first = Number(from);
  const last = to === "" ? undefined : Number(to);
  return last !== undefined && last < first ? undefined : { type: "from", first, last };
}

function trimmed(member: string): string {
  return member.replace(/^[ \t]+|[ \t]+$/g, "");
}

/**
 * Finds what ranges mean for a representation. Those that lie outside are left out; those that overlap or touch become one.
 * @param length of the representation in bytes
 */
export function resolveRange(specs: readonly RangeSpec[], length: number): RangeRequest {
  // The end of nothing is satisfiable (§14.1.2), but no Content-Range can say so.
  if (length === 0 && specs.some((spec) => spec.type === "suffix" && spec.length > 0)) return { type: "whole" };
  let ranges: ByteRange[] = [];
  for (const spec of specs) {
    const range = resolveSpec(spec, length);
    if (range !== undefined) ranges = coalesced(ranges, range);
  }
  const [first, ...others] = ranges;
  if (first === undefined) return { type: "unsatisfiable" };
  return others.length === 0 ? { type: "single", ...first } : { type: "several", ranges };
}

/** The bytes that one range means; undefined where the representation has none of them (RFC 9110 §14.1.2). */
function resolveSpec(spec: RangeSpec, length: number): ByteRange | undefined {
  if (spec.type === "suffix") {
    return spec.length === 0 ? undefined : { first: Math.max(0, length - spec.length), last: length - 1 };
  }
  const { first, last = length - 1 } = spec;
  return first < length ? { first, last: Math.min(last, length - 1) } : undefined;
}

/** Adds a range to others that don't touch; it takes the place of the first of those that it is joined with (RFC 9110 §15.3.7.2). */
function coalesced(ranges: readonly ByteRange[], added: ByteRange): ByteRange[] {
  const touched = ranges.filter((range) => touches(range, added));
  if (touched.length === 0) return [...ranges, added];
  const joined = touched.reduce(span, added);
  return ranges.flatMap((range) => (range === touched[0] ? [joined] : touched.includes(range) ? [] : [range]));
}

/** The run from the first byte of either to the last of either. */
export function span(a: ByteRange, b: ByteRange): ByteRange {
  return { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
}

/** Whether two ranges overlap or lie side by side. */
export function touches(a: ByteRange, b: ByteRange): boolean {
  return a.first <= b.last + 1 && b.first <= a.last + 1;
}
