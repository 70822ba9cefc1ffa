import type { Milliseconds } from "../http/date.ts";
import type { Crew } from "./crew.ts";
import type { News } from "./message.ts";

/** What came of telling others. */
export type Told = {
  /** How many stored responses each let go of, as far as they said. */
  readonly dropped: readonly number[];
  /** False where time was up before it was certain that all who are there hear of it. */
  readonly complete: boolean;
};

/** Others whose memory may hold what this one's holds: the workers of one proxy, or the proxies that share a store. */
export interface Peers {
  /** Tells all of them what to let go of, each time in the order in which it is called; never rejects. */
  tell(news: News, patience: Milliseconds): Promise<Told>;
}

/**
 * The other workers of this proxy.
 * @param onError told once when others begin to be late
 */
export function fellowWorkers(crew: Crew, onError: (error: unknown) => void): Peers {
  let late = false;
  return {
    async tell(news, patience) {
      const { answers, complete } = await crew.ask(news, patience);
      if (!complete && !late) {
        onError(new Error(`another worker did not confirm within ${patience} ms what it was to let go of`));
      }
      late = !complete;
      return { dropped: answers.map((answer) => (answer.type === "heeded" ? answer.dropped : 0)), complete };
    },
  };
}
