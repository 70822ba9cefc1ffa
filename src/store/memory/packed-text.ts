import type { Selecting } from "../../caching/selecting.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import type { Instant } from "../../http/date.ts";

/** How many lines of the text stand between the key and the selecting fields. */
export const FIXED = 6;

/** All that is text in a response, one a line: no field may hold a line break (RFC 9110 §5.5). */
export function textOf({ publicOrigin, selecting, reading, headers }: StoredResponse): string {
  const { expires = "", lastModified = "", etag, strongValidator } = reading;
  const marks = `${marked(etag, headers.get("etag") ?? undefined)}\n${marked(strongValidator, etag)}`;
  let text = `${publicOrigin}\n${expires}\n${lastModified}\n${marks}\n${selecting.length}`;
  for (const [name, value] of selecting) text += `\n${name}\n${marked(value ?? undefined, undefined)}`;
  for (const [name, value] of headers) text += `\n${name}\n${value}`;
  return text;
}

/** Whether a text is there, and whether it is one that is known anyway. */
function marked(text: string | undefined, known: string | undefined): string {
  return text === undefined ? "" : text === known ? "*" : `=${text}`;
}

/** What {@link marked} has marked. */
export function unmarked(mark: string, known: string | undefined): string | undefined {
  return mark === "" ? undefined : mark === "*" ? known : mark.slice(1);
}

export function instant(text: string): Instant | undefined {
  return text === "" ? undefined : Number(text);
}

export function selectingOf(text: readonly string[], end: number): Selecting {
  if (end === FIXED) return NONE;
  const selecting: [string, string | null][] = [];
  for (let i = FIXED; i < end; i += 2) selecting.push([text[i] ?? "", unmarked(text[i + 1] ?? "", undefined) ?? null]);
  return selecting;
}

const NONE: Selecting = [];
