/** A number that is no double: what JavaScript makes of it would be another number's, too. */
class ExactNumber {
  /** Its digits and exponent, the same for all forms of it: `9007199254740993e0`. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * The value that bytes stand for, with numbers to the last digit. Undefined where they are no JSON, or none that all read alike: where a
 * name comes twice in an object, one takes the first and another the last (RFC 8259 §4).
 */
export function exactJson(bytes: Uint8Array<ArrayBuffer>): { readonly value: unknown } | undefined {
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  // The whole is a member, too.
  let members = -1;
  const exact = function (this: unknown, ...[, value, context]: unknown[]): unknown {
    if (!Array.isArray(this)) members++;
    return typeof value === "number" ? exactNumber(value, context) : value;
  };
  try {
    const value: unknown = JSON.parse(text, exact);
    return namesIn(text) === members ? { value } : undefined;
  } catch (error) {
    // It is no JSON, or nested more deeply than the stack goes.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The value that bytes stand for; undefined where they are no JSON. */
export function parsedJson(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // It then compares byte by byte.
    return undefined;
  }
}

/**
 * A value as text: members in the order of their names' code units, numbers as ECMAScript has them (RFC 8785 §3.2). Undefined where it is
 * nested more deeply than the stack goes.
 */
export function canonicalText(value: unknown): string | undefined {
  try {
    return canonical(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The same. @throws RangeError where it is nested too deeply */
export function canonical(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}

/** A value without what pointers lead to, in which `*` leads to each member. */
export function withoutIgnored(value: unknown, ignore: readonly string[]): unknown {
  return ignore.reduce((rest: unknown, pointer) => without(rest, stepsOf(pointer)), value);
}

/** The text of UTF-8; undefined where the bytes are none. What begins with a byte order mark is no JSON (RFC 8259 §8.1). */
export function textOf(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The steps of a JSON pointer (RFC 6901); a name without a slash is that of a member of the whole. */
function stepsOf(pointer: string): readonly string[] {
  const path = pointer.startsWith("/") ? pointer.slice(1) : pointer;
  return path.split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function without(value: unknown, [step, ...further]: readonly string[]): unknown {
  if (step === undefined || !isObject(value) || value instanceof ExactNumber) return value;
  const isMeant = (name: string): boolean => step === "*" || step === name;
  if (Array.isArray(value)) {
    return value.flatMap((member, i) => {
      if (!isMeant(String(i))) return [member];
      return further.length === 0 ? [] : [without(member, further)];
    });
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      if (!isMeant(name)) return [[name, member]];
      return further.length === 0 ? [] : [[name, without(member, further)]];
    }),
  );
}

/** @param context what `JSON.parse` tells of it: how it was written */
function exactNumber(value: number, context: unknown): number | ExactNumber {
  const source: unknown = isObject(context) ? Reflect.get(context, "source") : undefined;
  if (typeof source !== "string" || source === String(value)) return value;
  const decimal = decimalOf(source);
  return Number.isFinite(value) && decimal === decimalOf(String(value)) ? value : new ExactNumber(decimal);
}

/** A number's digits without zeros at either end, and its exponent. */
function decimalOf(source: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(-?\d+))?$/.exec(source) ?? [];
  const digits = whole + fraction;
  let [first, end] = [0, digits.length];
  while (digits[first] === "0") first++;
  if (first === end) return "0";
  while (digits[end - 1] === "0") end--;
  return `${sign}${digits.slice(first, end)}e${BigInt(exponent) - BigInt(fraction.length - (digits.length - end))}`;
}

/** How many names of members a JSON text has. */
function namesIn(text: string): number {
  let count = 0;
  let at = text.indexOf('"');
  while (at >= 0) {
    at++;
    while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    do at++;
    while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t");
    if (text[at] === ":") count++;
    at = text.indexOf('"', at);
  }
  return count;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
