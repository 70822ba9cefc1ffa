import { ageSeconds, currentAge, remainingSeconds } from "../caching/freshness.ts";
import { shownKey } from "../caching/key.ts";
import type { Moment } from "../caching/moment.ts";
import type { Reuse } from "../caching/reuse.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { CacheStatus, ForwardReason } from "../http/cache-status.ts";
import type { Detail } from "../http/detail.ts";
import type { Reply } from "../http/exchange.ts";
import type { OriginFailure } from "../http/origin.ts";
import type { Ask } from "./ask.ts";
import { type Asked, failureDetail, failureReply } from "./failure.ts";
import type { Vain } from "./flights.ts";
import { respond } from "./respond.ts";

/** A stored response that was to be validated, and whether it may stand in for an answer that does not come. */
export type Doubtful = Omit<Extract<Reuse, { type: "validate" }>, "type">;

/** Answers a request whose validation another's request has tried in vain; undefined where it has to ask for itself. */
export function validatedInVain(ask: Ask, doubtful: Doubtful, why: Vain, now: Moment): Reply | undefined {
  switch (why.type) {
    case "unanswered":
      return unanswered(ask, doubtful, why.failure, "collapsed", now);
    case "refused":
      return doubtful.onError === "error" ? refused(ask, doubtful, why.status, "collapsed", now) : undefined;
  }
}

/** RFC 9111 §4.2.4: what is stored stands in for an origin that does not answer, unless that is forbidden. */
export function unanswered(
  ask: Ask,
  { stored, fwd, onError }: Doubtful,
  failure: OriginFailure,
  asked: Asked,
  now: Moment,
): Reply {
  if (onError === "never" || failure.type === "aborted") return failureReply(failure, fwd, ask.target().origin, asked);
  return staleReply(
    ask,
    stored,
    { fwd, ...statusOf(failure), detail: failureDetail(failure), ...(asked === "itself" ? {} : COLLAPSED) },
    now,
  );
}

/** RFC 5861 §4: what is stored stands in for an error. */
export function refused(
  ask: Ask,
  { stored, fwd }: Pick<Doubtful, "stored" | "fwd">,
  status: number,
  asked: Asked,
  now: Moment,
): Reply {
  const failed: Failed = { fwd, status, detail: "stale-if-error", ...(asked === "itself" ? {} : COLLAPSED) };
  return staleReply(ask, stored, failed, now);
}

/** What the origin answered, where it did and was not heard. */
function statusOf(failure: OriginFailure): { readonly status?: number } {
  return failure.type === "rate-limited" && failure.status !== undefined ? { status: failure.status } : {};
}

const COLLAPSED = { collapsed: true } as const;

/** How asking the origin failed. */
type Failed = {
  readonly fwd: ForwardReason;
  readonly status?: number;
  readonly collapsed?: true;
  readonly detail: Detail;
};

/** Answers with a stored response although asking the origin has failed. */
export function staleReply(ask: Ask, stored: StoredResponse, failed: Failed, now: Moment): Reply {
  const { reading } = stored;
  const ttl = remainingSeconds(reading.lifetime.ms - currentAge(reading, now));
  const cacheStatus: CacheStatus = { type: "stale-on-error", ...failed, ttl, key: shownKey(stored.key) };
  return respond(ask, { stored, age: ageSeconds(reading, now) }, cacheStatus, now.wall);
}
