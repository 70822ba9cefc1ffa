import { splitList } from "./list.ts";

/** A member of a list of preferences such as Accept-Language, in lower case, and what it weighs (RFC 9110 §12.4.2). */
export type Preference = { readonly name: string; readonly weight: number };

/**
 * Reads a list of names with weights: Accept-Charset, Accept-Encoding, Accept-Language (RFC 9110 §12.5).
 * @returns undefined where a member is anything else: what the whole prefers is then not known
 */
export function parsePreferences(value: string): readonly Preference[] | undefined {
  const preferences: Preference[] = [];
  for (const member of splitList(value)) {
    const read = WEIGHTED.exec(member);
    const name = read?.[1];
    if (name === undefined) return undefined;
    preferences.push({ name: name.toLowerCase(), weight: Number(read?.[2] ?? 1) });
  }
  return preferences;
}

const WEIGHTED = /^([^\s;,="]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;
