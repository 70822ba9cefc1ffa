import { formatContentRange } from "./content-range.ts";
import { liesInFile } from "./file-body.ts";
import type { ByteRange } from "./range.ts";

/** Several parts of a representation as one body (RFC 9110 §14.6). */
export type Multipart = {
  readonly body: Blob | ReadableStream<Uint8Array>;
  /** Of the body, in bytes. */
  readonly length: number;
  readonly contentType: string;
};

/** Up to so many bytes the parts are copied into one piece; beyond, they are taken from the representation as they are sent. */
const COPIED_UP_TO = 64 * 1024;

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
  const pieces: Blob[] = [];
  for (const range of ranges) {
    const contentType = type === null ? "" : `Content-Type: ${type}\r\n`;
    const contentRange = `Content-Range: ${formatContentRange(range, whole.size)}\r\n`;
    pieces.push(fieldBytes(`${pieces.length === 0 ? "" : "\r\n"}--${boundary}\r\n${contentType}${contentRange}\r\n`));
    pieces.push(whole.slice(range.first, range.last + 1));
  }
  pieces.push(fieldBytes(`\r\n--${boundary}--\r\n`));
  const length = pieces.reduce((sum, { size }) => sum + size, 0);
  const body = length <= COPIED_UP_TO && !liesInFile(whole) ? new Blob(pieces) : streamed(pieces);
  return { body, length, contentType: `multipart/byteranges; boundary=${boundary}` };
}

/** A header section as bytes: the text of a field has one character for each, whatever it is coded in. */
function fieldBytes(text: string): Blob {
  return new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))]);
}

/** The pieces one after the other, at the reader's pace. */
function streamed(pieces: readonly Blob[]): ReadableStream<Uint8Array> {
  const chunks = chunksOf(pieces);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = chunks.next();
        if (done) controller.close();
        else controller.enqueue(await value.bytes());
      },
    },
    { highWaterMark: 0 },
  );
}

function* chunksOf(pieces: readonly Blob[]): Generator<Blob, undefined> {
  for (const blob of pieces) {
    for (let at = 0; at < blob.size; at += COPIED_UP_TO) yield blob.slice(at, at + COPIED_UP_TO);
  }
}
