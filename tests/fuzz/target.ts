import type { Random } from "./random.ts";

/** What is sent, fed or called in one case: texts that the target knows how to read, so that a case can be written down. */
export type Input = readonly string[];

/** What is attacked. */
export type Target = {
  readonly name: string;
  /** How many cases go on beside each other; 1 where they run in this process. */
  readonly beside: number;
  /** Of how many cases a short run consists. */
  readonly short: number;
  /** Draws a case. */
  readonly draw: (random: Random) => Input;
  /** Makes what is attacked ready; it is gone when the stack is disposed of. */
  readonly start: (stack: AsyncDisposableStack) => Promise<Attacked>;
};

/** What is attacked, while it runs. */
export type Attacked = {
  /** Plays a case. @throws Finding where something is wrong */
  readonly play: (input: Input) => Promise<void> | void;
  /** Something that is known to be quick: where it is slow as well the machine is busy. */
  readonly yardstick?: () => Promise<unknown>;
  /** What there is to be looked at after many cases, as memory. @throws Finding */
  readonly inspect?: () => Promise<void>;
  /** What was counted, for who reads the run's end. */
  readonly counted?: () => Readonly<Record<string, number>>;
};

/** Something that must not be, in a sentence. */
export class Finding extends Error {
  override readonly name = "Finding";
}

/** @throws Finding with what was expected where it does not hold */
export function holds(isSo: boolean, sentence: () => string): asserts isSo {
  if (!isSo) throw new Finding(sentence());
}

/** A text as it can be shown: short, and without bytes that no terminal takes. */
export function shown(text: string, most = 400): string {
  return JSON.stringify(text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text);
}
