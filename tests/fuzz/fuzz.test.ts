import { expect, test } from "bun:test";
import { attack } from "./run.ts";
import { TARGETS } from "./targets.ts";

/** The same cases each time: new ones are for `bun run fuzz`. */
const SEED = 1;

test.each(TARGETS.map((target) => [target.name, target] as const))(
  "%s: the corpus and a short run",
  async (_, target) => {
    const { found, cases } = await attack(target, { seed: SEED, first: 0, cases: target.short });
    expect(found).toEqual([]);
    expect(cases).toBeGreaterThanOrEqual(target.short);
  },
  60_000,
);
