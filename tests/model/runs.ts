import type { Parameters } from "fast-check";

/** How many times more than usual: `MODEL_RUNS=50 bun test tests/model` for a long search. */
const TIMES = Number(process.env.MODEL_RUNS ?? 1);

/** The same in every run, so that one that fails fails again; `MODEL_SEED=…` (fast-check prints it) looks elsewhere. */
const SEED = Number(process.env.MODEL_SEED ?? 9111);

/** What a property is run with. */
export function runs<T>(usual: number): Parameters<T> {
  return { numRuns: usual * TIMES, seed: SEED, endOnFailure: false };
}

/** How long the test may take: a long search takes as long as it takes. */
export const PATIENCE = 20_000 * Math.max(1, TIMES);
