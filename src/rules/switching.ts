import type { Effect } from "./effect.ts";

/**
 * Switches the scenario once a request has come: at once, so that of two that come together the second finds it switched, and no answer
 * goes out before all workers know.
 */
export const switching: Effect = (matched, world) => {
  const then = matched.first("then")?.value;
  if (then === undefined) return undefined;
  return (next) => (incoming) => {
    const told = world.enter(incoming, then.scenario);
    if (told === undefined) return next(incoming);
    return (async () => {
      const reply = await next(incoming);
      await told;
      return reply;
    })();
  };
};
