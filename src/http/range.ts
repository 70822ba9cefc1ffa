/** What a Range field asks of a representation of known length (RFC 9110 §14.2). */
export type RangeRequest =
  /** First and last byte position, both inclusive and within the representation. */
  | { readonly type: "single"; readonly first: number; readonly last: number }
  | { readonly type: "unsatisfiable" }
  /** Not a bytes range, malformed, or several at once: the field is ignored and the whole is sent, as a server always may. */
  | { readonly type: "whole" };

/**
 * Reads a Range field value against a representation.
 * @param value field value
 * @param length of the representation in bytes
 */
export function parseRange(value: string, length: number): RangeRequest {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(value);
  const from = match?.[1] ?? "";
  const to = match?.[2] ?? "";
  if (from === "" && to === "") return { type: "whole" };
  if (from === "") {
    const suffix = Number(to);
    if (suffix === 0) return { type: "unsatisfiable" };
    // The end of nothing is satisfiable (§14.1.2), but no Content-Range can say so.
    if (length === 0) return { type: "whole" };
    return { type: "single", first: Math.max(0, length - suffix), last: length - 1 };
  }
  const first = Number(from);
  if (to !== "" && Number(to) < first) return { type: "whole" };
  if (first >= length) return { type: "unsatisfiable" };
  return { type: "single", first, last: to === "" ? length - 1 : Math.min(Number(to), length - 1) };
}
