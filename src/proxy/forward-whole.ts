import { PAYS_UP_TO } from "../caching/combine.ts";
import { withoutConditions } from "../caching/validation.ts";
import type { Leaving } from "../http/origin.ts";
import { unread } from "../http/unread.ts";
import type { Ask } from "./ask.ts";
import type { Forward, Forwarded, Rewrite } from "./forward.ts";
import { announcedLength } from "./relay.ts";

/** Asks the origin for the whole, also where the client wants a part, which can be cut out of it. `rewrite` takes Range away. */
export type ForwardWhole = (ask: Ask, rewrite: Rewrite, signal: Leaving) => Promise<Forwarded>;

/** A whole that turns out to be too long to be cut is not read: the origin is asked for the part then. */
export function forwardingWhole(forward: Forward): ForwardWhole {
  return async (ask, rewrite, signal) => {
    const forwarded = await forward(ask.incoming, ask, rewrite, signal);
    if (ask.range === undefined || forwarded.type === "failed" || forwarded.received.status !== 200) return forwarded;
    if ((announcedLength(forwarded.received.headers) ?? Number.POSITIVE_INFINITY) <= PAYS_UP_TO) return forwarded;
    await unread(forwarded.response);
    return await forward(ask.incoming, ask, (headers) => withoutConditions(headers, "as-asked"), signal);
  };
}
