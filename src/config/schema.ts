import * as v from "valibot";
import { nearest } from "./nearest.ts";
import type { Parsed } from "./parsed.ts";

// Messages are said so that `<path> <value> <message>` is a sentence, as those of our readers are.

/** What one of our readers makes of a text; a plain number is one too. */
export function read<T>(what: string, parse: (text: string) => Parsed<T>): v.GenericSchema<string | number, T> {
  return v.pipe(
    v.union([v.string(), v.number()], `is not ${what}`),
    v.rawTransform<string | number, T>(({ dataset, addIssue, NEVER }) => {
      const parsed = parse(String(dataset.value));
      if (parsed.ok) return parsed.value;
      addIssue({ message: parsed.message });
      return NEVER;
    }),
  );
}

/** An object with these members alone. */
export function shape<const E extends v.ObjectEntries>(
  entries: E,
): v.StrictObjectSchema<E, v.ErrorMessage<v.StrictObjectIssue>> {
  const known = Object.keys(entries);
  return v.strictObject(entries, ({ expected, received, path }) => {
    const name = String(path?.at(-1)?.key ?? "");
    if (expected === "never") return unknown(name, known);
    if (received === "undefined" && known.includes(name)) return "is missing";
    return `is not an object with ${listed(known, "and")}`;
  });
}

/** One of these words. */
export function word<const W extends readonly string[]>(...words: W): v.PicklistSchema<W, string> {
  return v.picklist(words, `is not allowed: write ${listed(words, "or")}`);
}

/** A whole number between both, which are allowed. */
export function whole(least: number, most: number): v.GenericSchema<number> {
  const message = `is not a whole number from ${least} to ${most}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
}

/** Any number between both, which are allowed. */
export function between(least: number, most: number): v.GenericSchema<number> {
  const message = `is not a number from ${least} to ${most}`;
  return v.pipe(v.number(message), v.minValue(least, message), v.maxValue(most, message));
}

/** A list. */
export function list<V extends v.GenericSchema>(of: V, what: string): v.ArraySchema<V, string> {
  return v.array(of, `is not a list of ${what}`);
}

function unknown(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined
    ? `is not known: there are ${listed(known, "and")}`
    : `is not known; did you mean ${meant}?`;
}

/** Words as a sentence names them. */
function listed(words: readonly string[], last: "and" | "or"): string {
  const before = words.slice(0, -1).join(", ");
  const end = words.at(-1) ?? "";
  return before === "" ? end : `${before} ${last} ${end}`;
}
