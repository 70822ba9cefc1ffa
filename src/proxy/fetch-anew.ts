import { candidates, chosenOf, setCandidates } from "../caching/candidates.ts";
import type { Policy } from "../caching/policy.ts";
import { differing } from "../caching/selecting.ts";
import type { StoredResponse } from "../caching/stored.ts";
import { freshen } from "../caching/validation.ts";
import type { Cause, ForwardReason } from "../http/cache-status.ts";
import type { Reply } from "../http/exchange.ts";
import type { CacheableMethod } from "../http/method.ts";
import type { OriginFailure } from "../http/origin.ts";
import type { Ask } from "./ask.ts";
import type { Fetching } from "./collapse.ts";
import type { Deliver } from "./deliver.ts";
import { failureReply } from "./failure.ts";
import { landingOf, type Vain } from "./flights.ts";
import { AS_ASKED, type Forward, type Rewrite } from "./forward.ts";
import type { Freshened } from "./validate.ts";

/** Asks the origin for what nothing stored answers. `variants`: what is stored under the key all the same, most recent first. */
export type FetchAnew = (
  ask: Ask,
  fwd: ForwardReason,
  variants: readonly StoredResponse[],
  by: Fetching,
) => Promise<Reply>;

/** What fetching works with. */
export type FetchingParts = {
  readonly policy: Policy;
  readonly forward: Forward;
  readonly deliver: Deliver;
  readonly freshened: Freshened;
};

export function fetchingAnew({ policy, forward, deliver, freshened }: FetchingParts): FetchAnew {
  return (ask, fwd, variants, by) =>
    fwd === "vary-miss"
      ? fetchAnew(ask, { fwd, why: difference(ask, variants) }, candidates(ask, variants), by)
      : fetchAnew(ask, { fwd }, [], by);

  async function fetchAnew(ask: Ask, cause: Cause, known: readonly StoredResponse[], by: Fetching): Promise<Reply> {
    const rewrite = known.length > 0 ? (headers: Headers) => setCandidates(headers, known) : plainly(ask.method);
    const forwarded = await forward(ask.incoming, ask, rewrite, by.signal);
    if (forwarded.type === "failed") return failed(ask, forwarded.failure, cause.fwd, by);
    const { received } = forwarded;
    if (known.length > 0 && received.status === 304) {
      const chosen = chosenOf(ask, known, received.headers);
      if (chosen !== undefined) {
        const fresh = freshen(chosen, received, ask.personal(), policy);
        return freshened(ask, { stored: chosen, fresh }, forwarded, cause, by);
      }
      // The client set no conditions, and the origin does not say which of ours it means: ask again without.
      return fetchAnew(ask, cause, [], by);
    }
    const reply = await deliver(ask, forwarded, cause, by.departure);
    return "failure" in reply ? failed(ask, reply.failure, cause.fwd, by) : reply;
  }
}

/** The field by which the request differs from the most recent of what is stored; by another name of ours it is `host`. */
function difference(ask: Ask, [newest]: readonly StoredResponse[]): string | undefined {
  if (newest === undefined) return undefined;
  return newest.publicOrigin === ask.publicOrigin ? differing(newest.selecting, ask.presented) : "host";
}

/** As asked, but for a Range of HEAD, which means nothing (RFC 9110 §14.2) and which some origins answer with the fields of a 206. */
function plainly(method: CacheableMethod): Rewrite {
  return method === "HEAD" ? WITHOUT_RANGE : AS_ASKED;
}

const WITHOUT_RANGE: Rewrite = (headers) => {
  for (const name of ["range", "if-range"]) headers.delete(name);
};

/** Answers a request that was in vain, and lets those who wait for it know. */
export function failed(ask: Ask, failure: OriginFailure, fwd: ForwardReason, { departure }: Fetching): Reply {
  departure?.land(landingOf(failure));
  return failureReply(failure, fwd, ask.target().origin);
}

/**
 * Answers a request that another's was in vain for; undefined where it has to ask for itself: there is nothing stored that could stand
 * in for an error of the origin's own.
 */
export function fetchedInVain(ask: Ask, fwd: ForwardReason, why: Vain): Reply | undefined {
  return why.type === "unanswered" ? failureReply(why.failure, fwd, ask.target().origin, "collapsed") : undefined;
}
