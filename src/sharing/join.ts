import type { Milliseconds } from "../http/date.ts";
import { redisClient } from "../store/redis/client.ts";
import { prefixOf } from "../store/redis/names.ts";
import type { Turns } from "../store/turns.ts";
import type { News } from "../workers/message.ts";
import type { Peers } from "../workers/peers.ts";
import { readNews } from "../workers/read-news.ts";
import type { Listener } from "./hearing.ts";
import { Line, type LineCounts } from "./line.ts";
import { Link } from "./link.ts";
import { RedisTurns } from "./turns.ts";

/** Where proxies meet that share what lies there. */
export type Meeting = {
  /** As Bun's client takes it, credentials included. */
  readonly url: string;
  /** Of the origin (store/namespace.ts). */
  readonly namespace: string;
  /** As of the tier (store/tier.ts). */
  readonly isAway: () => boolean;
  /** Ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  /** Told of what goes wrong while nobody waits for it. */
  readonly report: (error: unknown) => void;
};

/** Who acts on what others have let go of. */
export type Heedful = {
  readonly heed: (news: News) => Promise<unknown>;
  /** Lets go of all that this process has for itself. */
  readonly forget: () => Promise<number> | number;
};

/** The other proxies that share a Redis, and the workers of each, as one process sees them. */
export type Proxies = Peers &
  AsyncDisposable & {
    readonly turns: Turns;
    /** Lets somebody hear of the others from now on. Resolves once he does, or Redis is found to be out of reach. */
    readonly attend: (heedful: Heedful) => Promise<void>;
    readonly counts: () => LineCounts;
  };

const CONNECTS_WITHIN: Milliseconds = 1000;
const CHECKS_EVERY: Milliseconds = 1000;
const EVERYTHING: News = { type: "clear" };

/** Joins the proxies that share a Redis. */
export function joinProxies({ url, namespace, isAway, steady, report }: Meeting): Proxies {
  const dial = () => redisClient(url, CONNECTS_WITHIN);
  const prefix = prefixOf(namespace);
  const link = new Link(dial, CONNECTS_WITHIN);
  const line = new Line({
    ...{ dial, link, prefix, isAway, report },
    every: CHECKS_EVERY,
    sender: crypto.randomUUID(),
    everything: JSON.stringify(EVERYTHING),
  });
  return {
    turns: new RedisTurns({ link, prefix, isAway, steady, report }),
    counts: () => line.counts,
    attend: (heedful) => line.attend(listenerOf(heedful)),
    async tell(news, patience) {
      // How much they let go of is not asked: what lies in Redis was counted by who dropped it there.
      return { dropped: [], complete: await line.announce(JSON.stringify(news), patience) };
    },
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

function listenerOf({ heed, forget }: Heedful): Listener {
  return {
    async forget() {
      await forget();
    },
    async hear(text) {
      const news = readNews(text);
      // What this version does not understand may be about anything.
      if (news === undefined) await forget();
      else await heed(news);
    },
  };
}
