import type { Milliseconds } from "../http/date.ts";
import type { Effect } from "./effect.ts";
import type { Delay } from "./rule.ts";

/** Those whose length is known before there is an answer. */
export type Drawn = Exclude<Delay, { type: "recorded" }>;

/** Timers count in 32 bits: a longer one would fire at once. */
const LONGEST: Milliseconds = 2_147_483_647;

/** Holds requests back, also those that are answered from the cache. */
export const delaying: Effect = (matched, { random, pause }) => {
  const delay = matched.first("delay")?.value;
  if (delay === undefined) return undefined;
  return (next) => async (incoming) => {
    const { signal } = incoming.request;
    if (delay.type !== "recorded") {
      await pause(
        delayLength(delay, () => random(incoming)),
        signal,
      );
      return next(incoming);
    }
    const reply = await next(incoming);
    if (reply.recordedMs !== undefined) await pause(Math.min(LONGEST, reply.recordedMs), signal);
    return reply;
  };
};

/** How long the next one takes. */
export function delayLength(delay: Drawn, random: () => number): Milliseconds {
  return Math.min(LONGEST, drawn(delay, random));
}

function drawn(delay: Drawn, random: () => number): Milliseconds {
  switch (delay.type) {
    case "fixed":
      return delay.ms;
    case "range":
      return delay.min + random() * (delay.max - delay.min);
    case "lognormal":
      return delay.median * Math.exp(delay.sigma * normal(random));
  }
}

/** A number of the standard normal distribution (Box and Muller). */
function normal(random: () => number): number {
  // The logarithm of 0 is none.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
