import { isInnerList, parseDictionary } from "structured-headers";
import { type Directives, type ResponseDirectives, responseDirectives } from "./cache-control.ts";

/**
 * Reads a targeted field such as CDN-Cache-Control (RFC 9213 §2.1): a Dictionary of RFC 9651, where Cache-Control is a loose list.
 * @returns undefined where the field is absent, empty or not a valid Dictionary: it is then ignored and Cache-Control applies
 */
export function parseTargetedDirectives(value: string | null): ResponseDirectives | undefined {
  if (value === null) return undefined;
  let dictionary: ReturnType<typeof parseDictionary>;
  try {
    dictionary = parseDictionary(value);
  } catch {
    // The package reports a syntax error by throwing; such a field is to be ignored (RFC 9213 §2.2).
    return undefined;
  }
  if (dictionary.size === 0) return undefined;
  const directives = new Map<string, string | undefined>();
  for (const [name, member] of dictionary) {
    const item = isInnerList(member) ? undefined : member[0];
    if (SECONDS.has(name)) {
      // A value of another type than the directive has makes the field invalid, and so ignored as a whole (RFC 9213 §2.2).
      if (typeof item !== "number" || !Number.isInteger(item)) return undefined;
      directives.set(name, String(item));
    } else if (item !== false) {
      // An inner list is not what any directive takes: it stands there without an argument, which is the stricter reading.
      directives.set(name, typeof item === "string" ? item : undefined);
    }
  }
  return responseDirectives(directives satisfies Directives);
}

const SECONDS = new Set(["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"]);
