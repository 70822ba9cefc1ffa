import { formatContentRange } from "./content-range.ts";
import type { ByteRange } from "./range.ts";

/** Several parts of a representation as one body (RFC 9110 §14.6). */
export type Multipart = { readonly body: Blob; readonly contentType: string };

/**
 * Puts parts of a representation into one body.
 * @param whole the representation
 * @param ranges within it, in the order in which they are sent
 * @param type its Content-Type, null where it has none
 * @param boundary what the representation does not hold: 1 to 70 letters, digits and hyphens
 */
export function multipartByteranges(
  whole: Blob,
  ranges: readonly ByteRange[],
  type: string | null,
  boundary: string,
): Multipart {
  const pieces: (string | Blob)[] = [];
  for (const range of ranges) {
    const contentType = type === null ? "" : `Content-Type: ${type}\r\n`;
    const contentRange = `Content-Range: ${formatContentRange(range, whole.size)}\r\n`;
    pieces.push(`${pieces.length === 0 ? "" : "\r\n"}--${boundary}\r\n${contentType}${contentRange}\r\n`);
    pieces.push(whole.slice(range.first, range.last + 1));
  }
  pieces.push(`\r\n--${boundary}--\r\n`);
  return { body: new Blob(pieces), contentType: `multipart/byteranges; boundary=${boundary}` };
}
