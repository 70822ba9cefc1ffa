import { type ContentReading, contentReading, type KeyedContent } from "../caching/keyed-content.ts";
import type { Received } from "../caching/stored.ts";
import type { Incoming } from "../http/exchange.ts";
import { isCacheable } from "../http/method.ts";
import { rememberedWith } from "../http/remembered.ts";
import { apartOf } from "./apart.ts";
import { setOnward } from "./fields.ts";
import type { RulesInForce } from "./in-force.ts";
import { leadsOut } from "./leads-out.ts";
import { givenTo, withLifetime } from "./lifetime.ts";
import type { Matched } from "./matched.ts";
import { changedRequest } from "./request-changes.ts";
import type { World } from "./world.ts";

const OF_LIFETIME = ["ttl", "staleWhileRevalidate", "staleIfError"] as const;

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
  /** How the content of a POST or QUERY is part of what it asks for; undefined where no rule says that it is. */
  readonly contentReading: (incoming: Incoming) => ContentReading | undefined;
  /** Whether such a request, which nobody has made, would be known by its content by another method. */
  readonly asksByContent: (incoming: Incoming, method: string) => boolean;
  /** Changes the fields that the origin gets, in place. */
  readonly set: (incoming: Incoming, headers: Headers) => void;
  /** What the cache is to read of the origin's answer. */
  readonly read: (incoming: Incoming, received: Received) => Received;
};

/** @param origin for requests for which no rule names another */
export function onward(rules: RulesInForce, origin: URL, counts: World["counts"]): Onward {
  return {
    originOf: (incoming) => rules.of(incoming).first("origin")?.value ?? origin,
    isOrdered: (incoming) => rules.of(incoming).first("key.query")?.value === "exact",
    apart: (incoming) => apartOf(rules.of(incoming)).name,
    prepare: (incoming) => changedRequest(rules, incoming),
    isPassed(incoming) {
      return isCacheable(incoming.request.method) && isKeptOut(rules.of(incoming));
    },
    contentReading(incoming) {
      const matched = rules.of(incoming);
      const how = keyedBy(matched);
      if (how === undefined) return undefined;
      counts.took(matched, "key.body");
      return readingOf(how);
    },
    asksByContent: (incoming, method) => method === "POST" && keyedBy(rules.byMethod(incoming, method)) !== undefined,
    set: (incoming, headers) => setOnward(rules.of(incoming), headers),
    read(incoming, received) {
      if (leadsOut(incoming.url.pathname)) return received;
      const matched = rules.of(incoming);
      const given = givenTo(received, matched);
      if (given === undefined) return received;
      for (const property of OF_LIFETIME) if (given[property] !== undefined) counts.took(matched, property);
      return withLifetime(received, matched);
    },
  };
}

const readingOf = rememberedWith(contentReading);

function keyedBy(matched: Matched): KeyedContent | undefined {
  return isKeptOut(matched) ? undefined : matched.first("key.body")?.value;
}

/** Who says first how long something lives has said that it is stored. */
function isKeptOut({ rules, isHostedApart }: Matched): boolean {
  if (isHostedApart) return true;
  return rules.find(({ values }) => values.cache === false || values.ttl !== undefined)?.values.cache === false;
}
