import type { Clock } from "../caching/moment.ts";
import type { Policy } from "../caching/policy.ts";
import { reuse } from "../caching/reuse.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Reply } from "../http/exchange.ts";
import type { TurnOutcome, Turns } from "../store/turns.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Ask } from "./ask.ts";
import { type Attempt, collapsed, isForOthers, type Lead, leadingAlone, MOST_MEETINGS } from "./collapse.ts";
import { type Departure, type Landing, meetingName } from "./flights.ts";
import { respond } from "./respond.ts";

/** What leading in turn works with. */
export type TurnParts = {
  readonly turns: Turns;
  readonly store: VariedStore;
  /** Resolves once what was put under a key lies in the store that all share. */
  readonly written: (key: StoredResponse["key"]) => Promise<void>;
  readonly policy: Policy;
  readonly clock: Clock;
  /** How long the origin may take, and so how long one waits for others. */
  readonly patience: Milliseconds;
};

/** One request to the origin among all proxies that share a store: each asks when it is his turn, and looks at what others brought. */
export function leadingInTurn({ turns, store, written, policy, clock, patience }: TurnParts): Lead {
  return async (ask, attempt, name, departure) => {
    const deadline = clock().steady + patience;
    let meeting = name;
    for (let meetings = 0; meetings < MOST_MEETINGS; meetings++) {
      const turn = await turns.take(meeting, deadline - clock().steady, departure.signal);
      switch (turn.type) {
        case "nobodys":
          // Those who wait here would wait in vain as well.
          if (turn.own) departure.land({ type: "own" });
          return leadingAlone(ask, attempt, name, departure);
        case "passed": {
          const found = await look(ask, attempt, departure);
          if (typeof found !== "string") return found;
          // What was brought cannot be found: to wait for the next one would be to queue up.
          if (turn.done && found === meeting) return leadingAlone(ask, attempt, name, departure);
          meeting = found;
          break;
        }
        case "mine": {
          const found = turn.lookFirst ? await look(ask, attempt, departure) : undefined;
          if (found === undefined || found === meeting)
            return fetched(ask, attempt, name, telling(ask, departure, turn));
          await turn.end("done");
          if (typeof found !== "string") return found;
          meeting = found;
        }
      }
    }
    return leadingAlone(ask, attempt, name, departure);
  };

  /** What another has brought, where it answers this one too, or the name under which to meet after that. */
  async function look(ask: Ask, { fwd, variants }: Attempt, departure: Departure): Promise<Reply | string> {
    const now = clock();
    const found = await store.find(ask, (some) => reuse(ask, some, now, policy).type === "fresh");
    const decision = reuse(ask, found, now, policy);
    if (decision.type === "fresh") {
      departure.land({ type: "stored" });
      return respond(ask, decision, collapsed(decision, fwd), now.wall);
    }
    return meetingName(ask, isForOthers(decision) ? found : variants);
  }

  async function fetched(ask: Ask, attempt: Attempt, name: string, departure: Departure): Promise<Reply> {
    try {
      return await leadingAlone(ask, attempt, name, departure);
    } finally {
      // Without effect where it has landed.
      departure.land({ type: "failed" });
    }
  }

  /** A departure that tells the other proxies, too, what came. */
  function telling(
    { key }: Ask,
    departure: Departure,
    { end }: { readonly end: (outcome: TurnOutcome) => Promise<void> },
  ): Departure {
    let hasLanded = false;
    /** Others look into the store that all share. */
    const done = async (): Promise<void> => {
      await written(key);
      await end("done");
    };
    return {
      signal: departure.signal,
      land(landing) {
        if (hasLanded) return;
        hasLanded = true;
        departure.land(landing);
        switch (landing.type) {
          case "arriving":
            return;
          case "stored":
            void done();
            return;
          default:
            void end(departure.signal.aborted ? "again" : outcomeOf(landing));
        }
      },
      unkept() {
        departure.unkept();
        void end("own");
      },
      over() {
        departure.over();
        void done();
      },
    };
  }
}

/** What others are told of an answer that is not in the store. */
function outcomeOf({ type }: Exclude<Landing, { type: "arriving" | "stored" }>): TurnOutcome {
  switch (type) {
    case "own":
      return "own";
    case "outdated":
      return "again";
    case "unanswered":
    case "refused":
    case "failed":
      return "failed";
  }
}
