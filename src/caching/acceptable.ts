import { splitList } from "../http/list.ts";
import { type Preference, parsePreferences } from "../http/quality.ts";
import { languageOf } from "./language.ts";
import type { Presented } from "./selecting.ts";

/** Whether something that a response carries is taken. */
type Takes = (response: Headers) => boolean;

/**
 * Tells of responses whether a request says that it takes what they carry: media type, content coding and language (RFC 9110 §12.5), as far
 * as both speak of them. A coding is taken only by who names it. The request is read once, however many responses it is held against.
 */
export function acceptable(request: Presented): Takes {
  const all = [
    codingTaken(request("accept-encoding")),
    typeTaken(request("accept")),
    languageTaken(request("accept-language")),
  ];
  return (response) => all.every((takes) => takes(response));
}

/** RFC 9110 §12.5.3; one who does not say that he can undo a coding may not be able to. */
function codingTaken(acceptEncoding: string | null): Takes {
  const weights = weightsOf(parsePreferences(acceptEncoding ?? "") ?? []);
  return (response) => {
    const coding = response.get("content-encoding");
    if (coding === null) return (weightOf(weights, "identity", "*") ?? 1) > 0;
    return splitList(coding).every((name) => (weightOf(weights, name.toLowerCase(), "*") ?? 0) > 0);
  };
}

/** RFC 9110 §12.5.1: by the most specific range that covers the type; parameters are looked past. */
function typeTaken(accept: string | null): Takes {
  if (accept === null) return ANYTHING;
  const weights = weightsOf(splitList(accept).map((range) => ({ name: essenceOf(range), weight: qualityOf(range) })));
  return (response) => {
    const type = essenceOf(response.get("content-type") ?? "");
    return type === "" || (weightOf(weights, type, `${type.split("/", 1)[0]}/*`, "*/*") ?? 0) > 0;
  };
}

/** RFC 4647 §3.3.1: a range covers itself and what it is a prefix of; the longest one tells. */
function languageTaken(acceptLanguage: string | null): Takes {
  if (acceptLanguage === null) return ANYTHING;
  const weights = weightsOf(parsePreferences(acceptLanguage) ?? []);
  return (response) => {
    const language = languageOf(response.get("content-language"));
    if (language === undefined) return true;
    const subtags = language.split("-");
    const ranges = subtags.map((_, i) => subtags.slice(0, subtags.length - i).join("-"));
    return (weightOf(weights, ...ranges, "*") ?? 0) > 0;
  };
}

const ANYTHING: Takes = () => true;

/** By name; of several with one name the first counts. */
type Weights = ReadonlyMap<string, number>;

function weightsOf(preferences: readonly Preference[]): Weights {
  const weights = new Map<string, number>();
  for (const { name, weight } of preferences) if (!weights.has(name)) weights.set(name, weight);
  return weights;
}

/** What the first of these names that is among the preferences weighs. */
function weightOf(weights: Weights, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const weight = weights.get(name);
    if (weight !== undefined) return weight;
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
