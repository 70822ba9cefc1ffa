import { splitList } from "../http/list.ts";
import { type Preference, parsePreferences } from "../http/quality.ts";
import { languageOf } from "./language.ts";
import type { Presented } from "./selecting.ts";

/**
 * Whether a request says that it takes what a response carries: its media type, content coding and language (RFC 9110 §12.5), as far as
 * both speak of them. A coding is taken only by who names it.
 */
export function isAcceptable(request: Presented, response: Headers): boolean {
  return (
    takesCoding(request("accept-encoding"), response.get("content-encoding")) &&
    takesType(request("accept"), response.get("content-type")) &&
    takesLanguage(request("accept-language"), languageOf(response.get("content-language")))
  );
}

/** RFC 9110 §12.5.3; one who does not say that he can undo a coding may not be able to. */
function takesCoding(acceptEncoding: string | null, contentEncoding: string | null): boolean {
  const preferences = parsePreferences(acceptEncoding ?? "") ?? [];
  if (contentEncoding === null) return (weightOf(preferences, "identity", "*") ?? 1) > 0;
  return splitList(contentEncoding).every((coding) => (weightOf(preferences, coding.toLowerCase(), "*") ?? 0) > 0);
}

/** RFC 9110 §12.5.1: by the most specific range that covers the type; parameters are looked past. */
function takesType(accept: string | null, contentType: string | null): boolean {
  const type = essenceOf(contentType ?? "");
  if (accept === null || type === "") return true;
  const ranges = splitList(accept).map((range) => ({ name: essenceOf(range), weight: qualityOf(range) }));
  return (weightOf(ranges, type, `${type.split("/", 1)[0]}/*`, "*/*") ?? 0) > 0;
}

/** RFC 4647 §3.3.1: a range covers itself and what it is a prefix of; the longest one tells. */
function takesLanguage(acceptLanguage: string | null, language: string | undefined): boolean {
  if (acceptLanguage === null || language === undefined) return true;
  const subtags = language.split("-");
  const ranges = subtags.map((_, i) => subtags.slice(0, subtags.length - i).join("-"));
  return (weightOf(parsePreferences(acceptLanguage) ?? [], ...ranges, "*") ?? 0) > 0;
}

/** What the first of these names that is among the preferences weighs. */
function weightOf(preferences: readonly Preference[], ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const preference = preferences.find((one) => one.name === name);
    if (preference !== undefined) return preference.weight;
  }
  return undefined;
}

/** A media type or range without its parameters. */
function essenceOf(value: string): string {
  return /^[^;]*/.exec(value)?.[0].trim().toLowerCase() ?? "";
}

/** A media range's weight; 1 where it states none. */
function qualityOf(range: string): number {
  return Number(/;[ \t]*q=([\d.]+)[ \t]*(?:;|$)/i.exec(range)?.[1] ?? 1);
}
