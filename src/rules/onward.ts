import type { Received } from "../caching/stored.ts";
import type { Incoming } from "../http/exchange.ts";
import { isCacheable } from "../http/method.ts";
import { apartOf } from "./apart.ts";
import { setOnward } from "./fields.ts";
import type { RulesInForce } from "./in-force.ts";
import { withLifetime } from "./lifetime.ts";
import { changedRequest } from "./request-changes.ts";

/** What rules say of the way between cache and origin. */
export type Onward = {
  /** Whom a request is for, with its base path. */
  readonly originOf: (incoming: Incoming) => URL;
  /** Whether the order of its query's parameters makes a difference. */
  readonly isOrdered: (incoming: Incoming) => boolean;
  /** Apart from whom its responses are stored; undefined where they are for all who ask for the URL. */
  readonly apart: (incoming: Incoming) => string | undefined;
  /** A request as the cache is given it. */
  readonly prepare: (incoming: Incoming) => Incoming;
  /** Whether the cache is to be left out. */
  readonly isPassed: (incoming: Incoming) => boolean;
  /** Changes the fields that the origin gets, in place. */
  readonly set: (incoming: Incoming, headers: Headers) => void;
  /** What the cache is to read of the origin's answer. */
  readonly read: (incoming: Incoming, received: Received) => Received;
};

/** @param origin for requests for which no rule names another */
export function onward(rules: RulesInForce, origin: URL): Onward {
  return {
    originOf: (incoming) => rules.of(incoming).first("origin")?.value ?? origin,
    isOrdered: (incoming) => rules.of(incoming).first("key.query")?.value === "exact",
    apart: (incoming) => apartOf(rules.of(incoming)).name,
    prepare: (incoming) => changedRequest(rules, incoming),
    isPassed(incoming) {
      if (!isCacheable(incoming.request.method)) return false;
      const matched = rules.of(incoming);
      // Who says first how long something lives has said that it is stored.
      const decides = matched.rules.find(({ values }) => values.cache === false || values.ttl !== undefined);
      return decides?.values.cache === false;
    },
    set: (incoming, headers) => setOnward(rules.of(incoming), headers),
    read: (incoming, received) => withLifetime(received, rules.of(incoming)),
  };
}
