import type { ContentReading } from "../caching/keyed-content.ts";
import type { Received } from "../caching/stored.ts";
import type { Detail } from "../http/detail.ts";
import type { Incoming } from "../http/exchange.ts";
import type { Routing } from "./ask.ts";
import type { Forward } from "./forward.ts";

/** What is changed between the cache and the origin, whatever the cache thinks of it. */
export type Amendments = {
  /** Changes the fields that the origin gets, in place. */
  readonly set: (incoming: Incoming, headers: Headers) => void;
  /** What the cache is to read of the origin's answer. */
  readonly read: (incoming: Incoming, received: Received) => Received;
};

/** All that others say of the way of a request without the cache knowing of it. */
export type Guidance = Amendments &
  Routing & {
    /** A request as the cache is given it. */
    readonly prepare: (incoming: Incoming) => Incoming;
    /** Whether the cache is to be left out. */
    readonly isPassed: (incoming: Incoming) => boolean;
    /** Why it is, for Cache-Status; a rule says so where this is left out. */
    readonly passedAs?: (incoming: Incoming) => Detail | undefined;
    /** How the content of a POST or QUERY is part of what it asks for; undefined where nothing is said of that. */
    readonly contentReading: (incoming: Incoming) => ContentReading | undefined;
    /** Whether such a request, which nobody has made, would be known by its content by that method. */
    readonly asksByContent: (incoming: Incoming, method: string) => boolean;
  };

/** Forwards with changes that the cache does not know of. */
export function amending(forward: Forward, { set, read }: Amendments): Forward {
  return async (incoming, to, rewrite, signal) => {
    const rewriteAll = (headers: Headers): void => {
      // A POST is no query to the origin: to a condition that holds it would answer 412 (RFC 9110 §13.1.2).
      if (incoming.request.method !== "POST") rewrite(headers);
      set(incoming, headers);
    };
    const forwarded = await forward(incoming, to, rewriteAll, signal);
    if (forwarded.type === "failed") return forwarded;
    return { ...forwarded, received: read(incoming, forwarded.received) };
  };
}
