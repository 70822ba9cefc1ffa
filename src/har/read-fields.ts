import { isToken } from "../http/list.ts";
import { listIn, valueIn } from "./shape.ts";

/** Fields as an archive lists them, or why they can be none. */
export type ReadFields =
  | { readonly type: "fields"; readonly fields: Headers }
  | { readonly type: "bad"; readonly why: string };

/** Reads a list of `{ name, value }`. Pseudo-header fields of HTTP/2 are left out: method and URL say the same. */
export function readFields(message: unknown): ReadFields {
  const fields = new Headers();
  for (const one of listIn(message, "headers")) {
    const name = String(valueIn(one, "name") ?? "").trim();
    if (name.startsWith(":") || name === "") continue;
    if (!isToken(name)) return { type: "bad", why: `${JSON.stringify(name)} is no name of a header field` };
    // Browsers write the lines of a field that came several times into one value.
    for (const line of String(valueIn(one, "value") ?? "").split("\n")) {
      const value = asBytes(line.trim());
      if (NO_VALUE.test(value))
        return { type: "bad", why: `the header field ${name} holds a character that none can hold` };
      fields.append(name, value);
    }
  }
  return { type: "fields", fields };
}

/** Line breaks, NUL and their like (RFC 9110 §5.5). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const NO_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;

/** A value holds bytes, of which some programs have made characters. */
function asBytes(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is one byte.
  return /^[\x00-\xff]*$/.test(value) ? value : Buffer.from(value, "utf8").toString("latin1");
}
