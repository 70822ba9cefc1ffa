import type { StoreStats } from "./store.ts";

/** What a tier below the memory knows of itself; what it cannot know is absent. `evictions` and `expired` are those of this process. */
export type TierReport = Partial<StoreStats> & {
  /** Failing: what was asked of it last did not work. */
  readonly state: "working" | "failing";
  /** Entries that were found torn or altered, and dropped. */
  readonly damaged?: number;
  /** What did not work and was told nobody one by one, and of that responses that were not written. */
  readonly failures?: number;
  readonly unwritten?: number;
};

/** What is known of a tier, and of how this process got on with it. */
export type TierStats = Omit<TierReport, "failures" | "unwritten"> & {
  /** As the scheme of `--store` names it. */
  readonly name: string;
  /** How often it failed. */
  readonly errors: number;
  /** Responses that were not written, since too much was waiting or it failed. */
  readonly droppedWrites: number;
};

/**
 * What several processes say of a tier that they share: what lies in it is there once, what each did adds up.
 * @returns undefined where none of them has a tier
 */
export function sharedTier(tiers: readonly (TierStats | undefined)[]): TierStats | undefined {
  const all = tiers.filter((tier) => tier !== undefined);
  const [first] = all;
  if (first === undefined) return undefined;
  const sum = (name: "evictions" | "expired" | "damaged"): Partial<TierStats> => {
    const known = all.flatMap(({ [name]: count }) => (count === undefined ? [] : [count]));
    return known.length === 0 ? {} : { [name]: known.reduce((a, b) => a + b) };
  };
  return {
    ...first,
    ...sum("evictions"),
    ...sum("expired"),
    ...sum("damaged"),
    state: all.some(({ state }) => state === "failing") ? "failing" : "working",
    errors: all.reduce((total, { errors }) => total + errors, 0),
    droppedWrites: all.reduce((total, { droppedWrites }) => total + droppedWrites, 0),
  };
}
