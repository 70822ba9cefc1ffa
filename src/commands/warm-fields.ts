import { accept, type Parsed, refuse } from "../config/parsed.ts";
import { isHopByHop } from "../http/hop-by-hop.ts";
import type { Fields } from "./warm-request.ts";

/** What is said unless -H says otherwise: the codings are those of a browser. */
const USUAL: Fields = { accept: "*/*", "accept-encoding": "gzip, deflate, br, zstd" };
const MOST_VARIANTS = 64;

/** The fields to ask with, and the authority to ask by, where one was given. */
export type Said = { readonly variants: readonly Fields[]; readonly host: string | undefined };

/**
 * Reads `Name: value` fields. A name that comes several times makes as many variants, each of which is asked for.
 * @param given as typed behind -H
 * @param agent the User-Agent unless one is given
 */
export function readFields(given: readonly string[], agent: string): Parsed<Said> {
  const values = new Map<string, string[]>(
    Object.entries({ ...USUAL, "user-agent": agent }).map(([name, value]) => [name, [value]]),
  );
  const seen = new Set<string>();
  for (const text of given) {
    const field = readField(text);
    if (!field.ok) return field;
    const { name, value } = field.value;
    values.set(name, seen.has(name) ? [...(values.get(name) ?? []), value] : [value]);
    seen.add(name);
  }
  const hosts = values.get("host") ?? [];
  if (hosts.length > 1) return refuse('-H "Host: …" can be given once: warm each name on its own');
  values.delete("host");
  let variants: readonly Fields[] = [{}];
  for (const [name, each] of values) {
    variants = variants.flatMap((fields) => [...new Set(each)].map((value) => ({ ...fields, [name]: value })));
    if (variants.length > MOST_VARIANTS)
      return refuse(`-H: these make more than ${MOST_VARIANTS} variants of each URL`);
  }
  return accept({ variants, host: hosts[0]?.toLowerCase() });
}

export function readField(text: string): Parsed<{ readonly name: string; readonly value: string }> {
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(0, colon)).trim().toLowerCase();
  const value = text.slice(colon + 1).trim();
  const example = '-H "Accept-Encoding: gzip"';
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name))
    return refuse(`-H ${JSON.stringify(text)} is no field: write it as ${example}`);
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) return refuse(`-H "${name}: …" holds characters that no field may hold`);
  if (isHopByHop(name) || name === "content-length" || name === "upgrade") {
    return refuse(`-H "${name}: …" belongs to the connection and says nothing of what is asked for`);
  }
  if (name === "host" && URL.parse(`http://${value}`)?.host !== value.toLowerCase().replace(/:80$/, "")) {
    return refuse(`-H ${JSON.stringify(text)} names no host`);
  }
  return accept({ name, value });
}
