import { attack, type Outcome } from "./run.ts";
import { shown, type Target } from "./target.ts";
import { TARGETS } from "./targets.ts";

/** `bun run fuzz [target …] [--cases N | --minutes N]`; SEED and CASE in the environment play one case again. */
const names: string[] = [];
let [cases, minutes]: [number | undefined, number | undefined] = [undefined, undefined];
const words = process.argv.slice(2);
for (let word = words.shift(); word !== undefined; word = words.shift()) {
  if (word === "--cases") cases = wholeNumber(word, words.shift());
  else if (word === "--minutes") minutes = wholeNumber(word, words.shift());
  else if (TARGETS.some(({ name }) => name === word)) names.push(word);
  else usage(`${word} is no target`);
}
const seed = process.env.SEED === undefined ? Date.now() % 2 ** 31 : wholeNumber("SEED", process.env.SEED);
const single = process.env.CASE === undefined ? undefined : wholeNumber("CASE", process.env.CASE);
const chosen = TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));
if (single !== undefined && (process.env.SEED === undefined || chosen.length !== 1))
  usage("CASE needs SEED and one target");

console.log(`SEED=${seed}`);
let found = 0;
for (const target of chosen) {
  const course = single === undefined ? { first: 0, ...long() } : { first: single, cases: 1 };
  const outcome = await attack(target, {
    seed,
    ...course,
    onProgress: (done) => console.log(`${target.name}: ${done} cases`),
  });
  report(target, outcome);
  found += outcome.found.length;
}
process.exit(found === 0 ? 0 : 1);

function long(): { cases: number; until?: number } {
  if (minutes === undefined) return { cases: cases ?? 1000 };
  return { cases: cases ?? Number.MAX_SAFE_INTEGER, until: Date.now() + (minutes * 60_000) / chosen.length };
}

function report({ name }: Target, { cases, found, counted }: Outcome): void {
  const figures = Object.entries(counted).map(([what, count]) => `, ${count} ${what}`);
  console.log(`${name}: ${cases} cases${figures.join("")}, ${found.length} findings`);
  for (const { what, case: which, input } of found) {
    console.log(`FINDING ${name} ${which}\n  ${what.slice(0, 1500)}\n  ${shown(input.join(" | "), 800)}`);
  }
}

function wholeNumber(what: string, text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : usage(`${what} takes a whole number`);
}

function usage(why: string): never {
  console.error(`${why}. Usage: [SEED=N [CASE=N]] bun run fuzz [TARGET …] [--cases N | --minutes N]`);
  console.error(`Targets: ${TARGETS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
