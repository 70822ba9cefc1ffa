import { isInnerList, parseList } from "structured-headers";

/**
 * Reads Cache-Groups or Cache-Group-Invalidation (RFC 9875 §2, §3): a List of Strings of RFC 9651, whose parameters mean nothing.
 * @returns the names as they are, each once; none where the field is absent or anything else, and so to be ignored as a whole
 */
export function parseCacheGroups(value: string | null): readonly string[] {
  if (value === null || value.length > MOST_BYTES) return [];
  let list: ReturnType<typeof parseList>;
  try {
    list = parseList(value);
  } catch {
    // The package reports a syntax error by throwing; such a field is to be ignored (RFC 9651 §4.2).
    return [];
  }
  const names = new Set<string>();
  for (const member of list) {
    const name = isInnerList(member) ? undefined : member[0];
    if (typeof name !== "string") return [];
    names.add(name);
  }
  return [...names];
}

/** Many times what has to be supported, which is 32 names of 32 characters (RFC 9875 §2). */
const MOST_BYTES = 16 * 1024;
