import type { StoredResponse } from "../caching/stored.ts";
import type { Turns } from "../store/turns.ts";
import type { Ask } from "./ask.ts";
import { meetingName } from "./flights.ts";

/** Does what is to be done behind an answer, or leaves it to who does it already. */
export type Errand = (ask: Ask, stored: StoredResponse, run: () => Promise<void>) => Promise<void>;

/** Nobody but this process is of any concern. */
export const atOnce: Errand = (_, __, run) => run();

/**
 * Of all proxies that share a store one alone validates behind its answers.
 * @param written resolves once what was put under a key lies in the store that all share
 */
export function behindInTurn(turns: Turns, written: (key: StoredResponse["key"]) => Promise<void>): Errand {
  return async (ask, stored, run) => {
    const turn = await turns.tryTake(meetingName(ask, [stored]));
    switch (turn.type) {
      case "taken":
      case "passed":
        return;
      case "nobodys":
        return run();
      case "mine":
        try {
          await run();
          await written(stored.key);
        } finally {
          await turn.end("done");
        }
    }
  };
}
