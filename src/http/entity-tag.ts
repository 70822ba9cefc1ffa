import { splitList } from "./list.ts";

/**
 * Weak comparison (RFC 9110 §8.8.3.2): the opaque tags are equal, whatever their strength. What If-None-Match uses.
 * Tags without quotes, which some origins send, compare by their text.
 */
export function weakMatch(a: string, b: string): boolean {
  return opaque(a) === opaque(b);
}

/** Strong comparison (RFC 9110 §8.8.3.2): both are strong and equal. What If-Range and If-Match use. */
export function strongMatch(a: string, b: string): boolean {
  return a === b && isStrong(a);
}

/** Whether the tag is a strong validator: quoted and without `W/`. */
export function isStrong(tag: string): boolean {
  return tag.startsWith('"');
}

/**
 * Whether an If-None-Match value names the tag (RFC 9110 §13.1.2), by weak comparison; `*` names any.
 * @param field the combined field value
 * @param tag the stored response's ETag, undefined where it has none
 */
export function listsEntityTag(field: string, tag: string | undefined): boolean {
  if (field.trim() === "*") return true;
  if (tag === undefined) return false;
  return splitList(field).some((candidate) => weakMatch(candidate, tag));
}

function opaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
