import type { Random } from "./random.ts";
import type { Attacked, Input, Target } from "./target.ts";

/** Something that reads texts in this process: how such are drawn, and what has to be true of them. */
export type Check = {
  readonly draw: (random: Random) => readonly string[];
  /** @throws Finding, or whatever the code throws that it should not */
  readonly play: (...texts: string[]) => void | Promise<void>;
};

/** A target of several checks, of which each case is for one. */
export function ofChecks(name: string, short: number, checks: Readonly<Record<string, Check>>): Target {
  const names = Object.keys(checks);
  const played: Record<string, number> = {};
  const attacked: Attacked = {
    async play([check = "", ...texts]: Input) {
      played[check] = (played[check] ?? 0) + 1;
      const found = checks[check];
      if (found === undefined) throw new Error(`there is no check ${check}`);
      await found.play(...texts);
    },
    counted: () => played,
  };
  return {
    name,
    beside: 1,
    short,
    draw(random) {
      const check = random.pick(names);
      return [check, ...(checks[check]?.draw(random) ?? [])];
    },
    start: async () => attacked,
  };
}

/** Draws one text of a grammar's words, some of them as bytes or changed. */
export function textOf(words: readonly string[], most = 14): (random: Random) => readonly string[] {
  return (random) => [oneOf(random, words, most)];
}

/** One such text; now and then far too long. */
export function oneOf(random: Random, words: readonly string[], most = 14): string {
  const text = random.make([
    () => random.words(words, most),
    () => random.words(words, most),
    () => random.mutated(random.words(words, most), words),
    () => random.bytes(30),
  ]);
  return random.chance(0.98) ? text : text.repeat(random.pick([100, 3000]));
}

/** The bytes that a text of one character each stands for. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
