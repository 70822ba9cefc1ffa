import type { Random } from "./random.ts";

/** How deep what is drawn lies in itself, but for what is made to be too deep. */
const DEEPEST = 4;

/** A JSON text: with names that are looked for, values that are not, and now and then no JSON. */
export function drawJson(random: Random, names: readonly string[], values: readonly string[]): string {
  const text = value(random, names, values, DEEPEST);
  return random.make([
    () => text,
    () => text,
    () => text,
    () => random.mutated(text, [...'{}[],:"\\ 0-.eE', "\u{feff}", "null", "\\u0000", "\\ud800"]),
    () => deep(random, text),
  ]);
}

/** An object with these names whose values are mostly right. */
export function drawObject(random: Random, members: Readonly<Record<string, readonly string[]>>): string {
  const names = Object.keys(members);
  const drawn = random.list(5, () => {
    const name = random.pick(names);
    const right = random.pick(members[name] ?? ["null"]);
    return `${JSON.stringify(name)}:${random.chance(0.8) ? right : value(random, names, ["x"], 3)}`;
  });
  return `{${drawn.join(",")}}`;
}

function value(random: Random, names: readonly string[], values: readonly string[], depth: number): string {
  const scalar = (): string =>
    random.make([
      () => JSON.stringify(random.pick(values)),
      () => JSON.stringify(random.pick(values) + random.words(values, 3)),
      () =>
        random.pick([
          "0",
          "-0",
          "1",
          "-1",
          "1.5",
          "1e999",
          "9007199254740993",
          "1E-7",
          "0.10",
          "1e400",
          "123456789012345678901234567890",
        ]),
      () => random.pick(["true", "false", "null", '""', '"\\u0000"', '"\\ud800"', '"\\u00e9"', '"__proto__"']),
    ]);
  if (depth === 0) return scalar();
  return random.make([
    scalar,
    () => `[${random.list(4, () => value(random, names, values, depth - 1)).join(",")}]`,
    () => object(random, names, values, depth),
    () => object(random, names, values, depth),
  ]);
}

function object(random: Random, names: readonly string[], values: readonly string[], depth: number): string {
  const odd = ["__proto__", "constructor", "toString", "length", "", "0", "é", "a.b", "a/b", "~"];
  const members = random.list(6, () => {
    const name = random.chance(0.85) ? random.pick(names) : random.pick(odd);
    return `${random.chance(0.1) ? " " : ""}${JSON.stringify(name)}:${value(random, names, values, depth - 1)}`;
  });
  return `{${members.join(",")}}`;
}

function deep(random: Random, text: string): string {
  const times = random.pick([50, 1000, 20_000]);
  return random.chance(0.5)
    ? `${"[".repeat(times)}${text}${"]".repeat(times)}`
    : `${'{"a":'.repeat(times)}${text}${"}".repeat(times)}`;
}
