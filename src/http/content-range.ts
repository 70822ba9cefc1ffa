import type { ByteRange } from "./range.ts";

/** Which bytes of a representation a response carries, and how long the representation is. */
export type ContentRange = ByteRange & { readonly complete: number };

/**
 * Reads the Content-Range of a 206 (RFC 9110 §14.4).
 * @returns undefined where it is absent, invalid, of another unit, or does not say how long the representation is
 */
export function parseContentRange(value: string | null): ContentRange | undefined {
  const match = /^bytes[ \t]+(\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(value?.trim() ?? "");
  if (match === null) return undefined;
  const [first, last, complete] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return first <= last && last < complete ? { first, last, complete } : undefined;
}

/** The field value for a part of a representation. */
export function formatContentRange({ first, last }: ByteRange, complete: number): string {
  return `bytes ${first}-${last}/${complete}`;
}
