import { parsePreferences } from "../http/quality.ts";

/**
 * The one language of a response's content, in lower case (RFC 9110 §8.5).
 * @param contentLanguage field value or null
 * @returns undefined where it states none or several
 */
export function languageOf(contentLanguage: string | null): string | undefined {
  const tag = contentLanguage?.trim().toLowerCase();
  return tag !== undefined && LANGUAGE_TAG.test(tag) ? tag : undefined;
}

/**
 * The one language that a request weighs more than any other (RFC 9110 §12.5.4), in lower case: an origin that has it gives it
 * (RFC 4647 §3.4), whatever else the request would take.
 * @param acceptLanguage field value or null
 * @returns undefined where several weigh the most, or any other language does
 */
export function preferredLanguage(acceptLanguage: string | null): string | undefined {
  const preferences = parsePreferences(acceptLanguage ?? "") ?? [];
  const most = Math.max(0, ...preferences.map(({ weight }) => weight));
  const [first, ...others] = new Set(preferences.flatMap(({ name, weight }) => (weight === most ? [name] : [])));
  return most > 0 && others.length === 0 && first !== "*" ? first : undefined;
}

/** What is enough of RFC 5646 §2.1 to tell a tag from a list of them. */
const LANGUAGE_TAG = /^[a-z]{1,8}(?:-[a-z0-9]{1,8})*$/;
