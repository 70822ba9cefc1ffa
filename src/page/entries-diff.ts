import { diffArrays } from "diff";
import type { HeaderField } from "./entries-answer.ts";

/** A header field of two responses; undefined where one does not have it. */
export type FieldPair = {
  readonly name: string;
  readonly stored: string | undefined;
  readonly live: string | undefined;
};

/** A line of a diff; `same` lines far from any other are left out and counted. */
export type DiffLine =
  | { readonly type: "same" | "stored" | "live"; readonly text: string }
  | { readonly type: "left-out"; readonly count: number };

/** Lines that are the same are shown so far around those that are not. */
const CONTEXT = 3;
/** Two texts that differ by more lines have too little in common to be worth the search for it. */
const MOST_EDITS = 500;

/** Puts the fields of two responses side by side, in the order of their names; a field that is repeated is one. */
export function pairFields(stored: readonly HeaderField[], live: readonly HeaderField[]): readonly FieldPair[] {
  const [left, right] = [byName(stored), byName(live)];
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  return names.map((name) => ({ name, stored: left.get(name), live: right.get(name) }));
}

/** What differs between two texts, line by line; JSON is laid out for that. Empty where nothing does. */
export function diffLines(stored: string, live: string): readonly DiffLine[] {
  const [left, right] = [linesOf(stored), linesOf(live)];
  const changes = diffArrays([...left], [...right], { maxEditLength: MOST_EDITS });
  if (changes === undefined) return [...left.map(asStored), ...right.map(asLive)];
  if (changes.every(({ added, removed }) => !added && !removed)) return [];
  return changes.flatMap(({ added, removed, value }, i): readonly DiffLine[] => {
    if (removed) return value.map(asStored);
    if (added) return value.map(asLive);
    return shortened(value, i === 0 ? 0 : CONTEXT, i === changes.length - 1 ? 0 : CONTEXT);
  });
}

/** JSON with a member a line, its numbers and texts as they were written; any other text as it is. */
export function laidOut(text: string): string {
  if (!isJson(text)) return text;
  let depth = 0;
  let out = "";
  const newLine = (): string => `\n${"  ".repeat(depth)}`;
  for (const [token] of text.matchAll(TOKENS)) {
    if (CLOSING.has(token)) depth--;
    const isEmpty = CLOSING.has(token) && OPENING.has(out.at(-1) ?? "");
    if ((CLOSING.has(token) && !isEmpty) || (OPENING.has(out.at(-1) ?? "") && !isEmpty)) out += newLine();
    out += token;
    if (OPENING.has(token)) depth++;
    if (token === ",") out += newLine();
    if (token === ":") out += " ";
  }
  return out;
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const OPENING = new Set(["{", "["]);
const CLOSING = new Set(["}", "]"]);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Some other text.
    return false;
  }
}

function linesOf(text: string): readonly string[] {
  return laidOut(text).split(/\r?\n/);
}

function byName(fields: readonly HeaderField[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    const before = values.get(key);
    values.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return values;
}

/** Lines that are the same, without those that lie further than that from their beginning and from their end. */
function shortened(lines: readonly string[], first: number, last: number): readonly DiffLine[] {
  const count = lines.length - first - last;
  if (count <= 1) return lines.map(asSame);
  return [
    ...lines.slice(0, first).map(asSame),
    { type: "left-out", count },
    ...lines.slice(lines.length - last).map(asSame),
  ];
}

const asSame = (text: string): DiffLine => ({ type: "same", text });
const asStored = (text: string): DiffLine => ({ type: "stored", text });
const asLive = (text: string): DiffLine => ({ type: "live", text });
