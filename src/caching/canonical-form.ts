import { parameterName, sortedQuery } from "./key.ts";

// Texts here have one character for each byte.

/** A form (URL Standard §5) with its fields in the order of their names; what has one name keeps its order, and nothing is decoded. */
export function canonicalForm(text: string, ignore: readonly string[]): string {
  if (ignore.length === 0) return sortedQuery(`?${text}`);
  const fields = text.split("&").filter((field) => !ignore.includes(parameterName(field)));
  return sortedQuery(`?${fields.join("&")}`);
}

/** A part of a multipart content, its header section as it came. */
export type Part = { readonly name: string | undefined; readonly head: string; readonly content: string };

/**
 * The parts of a multipart content (RFC 2046 §5.1.1), which are the same whatever boundary was drawn by lot; undefined where it is not
 * written to the letter, so that one might read other parts in it.
 */
export function partsOf(text: string, boundary: string): readonly Part[] | undefined {
  const delimiter = `\r\n--${boundary}`;
  const [before, ...pieces] = `\r\n${text}`.split(delimiter);
  const end = pieces.pop();
  if (before !== "" || (end !== "--" && end !== "--\r\n")) return undefined;
  const parts = pieces.map(partOf);
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

function partOf(piece: string): Part | undefined {
  // An empty header section has one line break, and the delimiter's.
  const end = piece.indexOf("\r\n\r\n");
  if (!piece.startsWith("\r\n") || end < 0) return undefined;
  const head = piece.slice(2, end);
  const [, quoted, plain] = /^content-disposition:[^\r\n]*;[ \t]*name=(?:"([^"\r\n]*)"|([^;\s"]+))/im.exec(head) ?? [];
  return { name: quoted ?? plain, head, content: piece.slice(end + 4) };
}

/** Parts as one text. */
export function canonicalParts(parts: readonly Part[], ignore: readonly string[]): string {
  const kept = parts.filter(({ name }) => name === undefined || !ignore.includes(name));
  return JSON.stringify(kept.map(({ head, content }) => [head, content]));
}
