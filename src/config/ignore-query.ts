import { accept, type Parsed, refuse } from "./parsed.ts";

/** Reads names of query parameters between commas; each may end with `*`. They are written as they are after decoding. */
export function parseIgnoreQuery(text: string): Parsed<readonly string[]> {
  const names = text.split(",").map((name) => name.trim());
  const example = "write names between commas, as in utm_*,_t";
  if (names.includes("")) return refuse(`has an empty name in it: ${example}`);
  for (const name of names) {
    if (name === "*") return refuse("would drop every query: write which parameters, as in utm_*,_t");
    if (name.slice(0, -1).includes("*")) return refuse(`has a * that is not at the end of ${name}: ${example}`);
    const stray = /[?&=#\s]/.exec(name)?.[0];
    if (stray !== undefined) return refuse(`has ${JSON.stringify(stray)} in ${name}, which no name has: ${example}`);
    if (/%[\da-f]{2}/i.test(name)) return refuse(`has ${name} in it: write the name as it is after decoding`);
  }
  return accept([...new Set(names)]);
}
