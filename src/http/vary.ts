import { isToken, splitList } from "./list.ts";

/**
 * The selecting header fields that a Vary value names (RFC 9110 §12.5.5), lower case, each once, in alphabetical order.
 * @returns `"*"` where the response depends on more than the request's fields, or on what is no field's name
 */
export function parseVary(value: string | null): "*" | readonly string[] {
  if (value === null) return [];
  const names = splitList(value).map((name) => name.toLowerCase());
  // What is no field name can be looked up in no request, so none is known to match.
  return names.includes("*") || !names.every(isToken) ? "*" : [...new Set(names)].sort();
}
