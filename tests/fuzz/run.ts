import { readdirSync, readFileSync } from "node:fs";
import { Random } from "./random.ts";
import { type Attacked, Finding, type Input, type Target } from "./target.ts";
import { Watchdog } from "./watchdog.ts";

/** A case that brought something to light. */
export type Found = { readonly what: string; readonly case: string; readonly input: Input };

export type Outcome = {
  readonly cases: number;
  readonly found: readonly Found[];
  readonly counted: Readonly<Record<string, number>>;
};

/** How a run goes on: from this case on, until so many are done or it is that late. */
export type Course = {
  readonly seed: number;
  readonly first: number;
  readonly cases: number;
  readonly until?: number;
  /** A case that takes longer is a finding, unless it is quicker once played again: then the machine was busy. A second where it is not said. */
  readonly slowMs?: number;
  readonly onProgress?: (done: number) => void;
};

const SLOW_MS = 1000;
/** A case is some requests, beside others. */
const YARDSTICKS = 50;
const MOST_FOUND = 10;
const INSPECT_EVERY = 2000;

/** What was found once, and what one would try first: played before anything is drawn. */
export function corpusOf(target: string): readonly (readonly [file: string, input: Input])[] {
  const folder = new URL(`seeds/${target}/`, import.meta.url).pathname;
  return readdirSync(folder)
    .sort()
    .map((file) => [file, JSON.parse(readFileSync(folder + file, "utf8"))]);
}

/** Plays the corpus of a target, and then what it draws. */
export async function attack(target: Target, course: Course): Promise<Outcome> {
  await using stack = new AsyncDisposableStack();
  using watchdog = new Watchdog(target.name, course.seed);
  const attacked = await target.start(stack);
  // What runs in this process is measured by what it takes of the processor, however busy the machine is.
  const clock = target.beside === 1 ? processorTime : () => performance.now();
  const found: Found[] = [];
  let done = 0;

  async function play(number: number, name: string, input: Input): Promise<void> {
    watchdog.begin(number);
    const what = await faultOf(attacked, input, clock, course.slowMs ?? SLOW_MS);
    done++;
    if (what !== undefined) found.push({ what, case: name, input });
  }

  for (const [i, [file, input]] of corpusOf(target.name).entries())
    await play(-1 - i, `seeds/${target.name}/${file}`, input);
  let next = course.first;
  const lane = async (): Promise<void> => {
    while (next < course.first + course.cases && found.length < MOST_FOUND) {
      if (course.until !== undefined && Date.now() >= course.until) return;
      const number = next++;
      await play(number, `SEED=${course.seed} CASE=${number}`, target.draw(new Random(course.seed, number)));
      if (done % INSPECT_EVERY === 0) {
        course.onProgress?.(done);
        await inspected(attacked, found);
      }
    }
  };
  await Promise.all(Array.from({ length: target.beside }, lane));
  await inspected(attacked, found);
  return { cases: done, found, counted: attacked.counted?.() ?? {} };
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function inspected(attacked: Attacked, found: Found[]): Promise<void> {
  try {
    await attacked.inspect?.();
  } catch (error) {
    found.push({ what: sentenceOf(error), case: "after many cases", input: [] });
  }
}

/** What is wrong with a case, undefined where nothing is. */
async function faultOf(
  attacked: Attacked,
  input: Input,
  clock: () => number,
  slowMs: number,
): Promise<string | undefined> {
  try {
    for (let again = 0; ; again++) {
      const start = clock();
      await attacked.play(input);
      const took = clock() - start;
      if (took <= slowMs) return undefined;
      const measured = clock();
      await attacked.yardstick?.();
      if (took <= slowMs + YARDSTICKS * (clock() - measured)) return undefined;
      if (again === 2) return `it takes ${Math.round(took)} ms, each time`;
    }
  } catch (error) {
    return sentenceOf(error);
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof Finding) return error.message;
  return error instanceof Error ? `it throws ${error.stack ?? error.message}` : `it throws ${String(error)}`;
}
