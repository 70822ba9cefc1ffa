import { accept, type Parsed, refuse } from "./parsed.ts";

/** Reads a path of ours: absolute, more than `/`, as a URL would write it; a trailing slash is dropped. */
export function parseOwnPath(text: string): Parsed<string> {
  if (!text.startsWith("/")) return refuse("must begin with /");
  if (/[?#]/.test(text)) return refuse("must be a path alone, without a query or a fragment");
  const path = text.replace(/\/+$/, "");
  if (path === "") return refuse("would take every path away from the origin: write something longer than /");
  // A path that a URL writes otherwise (dot segments, spaces, `//`) would never match a request's.
  if (path.startsWith("//") || new URL(`http://host${path}`).pathname !== path) {
    return refuse("is not a plain path: write something like /__admin");
  }
  return accept(path);
}

/** Reads a token that fits into an `Authorization` field. */
export function parseToken(text: string): Parsed<string> {
  return /^[\x21-\x7e]+$/.test(text) ? accept(text) : refuse("may hold only visible ASCII characters, without spaces");
}
