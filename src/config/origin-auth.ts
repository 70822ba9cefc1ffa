import type { Environment } from "./given.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/**
 * Reads by which variable the origin knows us, and what it holds. The secret itself is never part of a setting, which ends up in process lists
 * and repositories, nor of a message.
 * @returns the value of Authorization (RFC 6750 §2.1, RFC 7617 §2)
 */
export function parseOriginAuth(text: string, env: Environment): Parsed<string> {
  const [, scheme, variable] = /^(bearer|basic):([A-Z_][A-Z0-9_]*)$/i.exec(text) ?? [];
  if (scheme === undefined || variable === undefined) {
    return refuse("is not where credentials are: write bearer:VARIABLE or basic:VARIABLE, never the secret itself");
  }
  const value = env[variable]?.trim() ?? "";
  // A name in small letters may be no name but the secret, by mistake.
  const name = /^[A-Z0-9_]+$/.test(variable) ? variable : "that it names";
  if (value === "") return refuse(`needs the variable ${name}, which is not set`);
  switch (scheme.toLowerCase()) {
    case "bearer":
      return /^[\x21-\x7e]+$/.test(value)
        ? accept(`Bearer ${value}`)
        : refuse(`needs a token alone in the variable ${name}: no Bearer in front, and nothing but visible ASCII`);
    default:
      return value.includes(":") && !hasControls(value)
        ? accept(`Basic ${Buffer.from(value).toString("base64")}`)
        : refuse(`needs user:password in the variable ${name}`);
  }
}

function hasControls(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\x7f");
}
