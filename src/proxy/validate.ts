import { isApart } from "../caching/apart.ts";
import { wholePays } from "../caching/combine.ts";
import { cut } from "../caching/cut.ts";
import { ageSeconds, remainingSeconds } from "../caching/freshness.ts";
import { type CacheKey, responseKey, shownKey } from "../caching/key.ts";
import type { Clock } from "../caching/moment.ts";
import type { Policy } from "../caching/policy.ts";
import type { Reuse } from "../caching/reuse.ts";
import { sameFields } from "../caching/selecting.ts";
import { isOfTheRequest, storable } from "../caching/storable.ts";
import type { Received, StoredResponse } from "../caching/stored.ts";
import {
  type Extent,
  freshen,
  headSays,
  isAbout,
  isOvertaken,
  setValidators,
  withoutConditions,
} from "../caching/validation.ts";
import type { CacheStatus, Cause } from "../http/cache-status.ts";
import type { Reply } from "../http/exchange.ts";
import { unread } from "../http/unread.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Ask } from "./ask.ts";
import type { Fetching } from "./collapse.ts";
import { type Deliver, isSharable } from "./deliver.ts";
import { failureReply } from "./failure.ts";
import { landingOf } from "./flights.ts";
import type { Forward, FullResponse } from "./forward.ts";
import type { ForwardWhole } from "./forward-whole.ts";
import { respond } from "./respond.ts";
import { type Doubtful, refused, staleReply, unanswered } from "./stand-in.ts";

/** What the cache decided when it decided to validate. */
export type Validation = Extract<Reuse, { type: "validate" }>;

/** Asks the origin whether a stored response still holds (RFC 9111 §4.3), and answers with what comes of it. */
export type Validate = (ask: Ask, validation: Validation, by: Fetching) => Promise<Reply>;

/** A stored response before and after a 304 brought it up to date. */
export type Freshening = { readonly stored: StoredResponse; readonly fresh: StoredResponse };

/** Answers with a stored response that a 304 has brought up to date, and stores it, where that does not forbid it (RFC 9111 §4.3.4). */
export type Freshened = (ask: Ask, of: Freshening, answer: FullResponse, cause: Cause, by: Fetching) => Promise<Reply>;

/** What validation works with. */
export type ValidatingParts = {
  readonly store: VariedStore;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly forward: Forward;
  readonly forwardWhole: ForwardWhole;
  /** The ways for what a stored response can stand in for, or has already. */
  readonly dispensable: { readonly forward: Forward; readonly forwardWhole: ForwardWhole };
  readonly deliver: Deliver;
};

export function validating({ store, policy, clock, forward, forwardWhole, dispensable, deliver }: ValidatingParts): {
  readonly validate: Validate;
  readonly freshened: Freshened;
} {
  const validate: Validate = async (ask, doubtful, by) => {
    const { stored, fwd, onError } = doubtful;
    // Who wants a part is given it out of the whole, where that is small enough to be fetched for it.
    const extent = ask.range === undefined || forWhole(stored, by) ? "whole" : "as-asked";
    const canWait = onError !== "never" || by.type === "behind";
    const first = sender(canWait ? dispensable : { forward, forwardWhole }, extent);
    const forwarded = await first(ask, (headers) => setValidators(headers, stored, extent), by.signal);
    if (forwarded.type === "failed") {
      const { failure } = forwarded;
      by.departure?.land(landingOf(failure));
      return unanswered(ask, doubtful, failure, "itself", clock());
    }
    const { received, response } = forwarded;
    if (by.type === "behind" && (await isIdle(ask, stored, received))) {
      await unread(response);
      return staleReply(ask, stored, { fwd, status: received.status, detail: "validation-failed" }, clock());
    }
    if (onError === "error" && FAILING.has(received.status)) {
      await unread(response);
      by.departure?.land({ type: "refused", status: received.status });
      return refused(ask, { stored, fwd }, received.status, "itself", clock());
    }
    if (received.status === 304) {
      const fresh = freshen(stored, received, ask.personal(), policy);
      // A part may be all that is stored, and no longer what If-Range asks for.
      const answers = isAbout(stored, received.headers) && cut(ask.range, fresh, clock().wall).type !== "lacking";
      if (answers) return await freshened(ask, { stored, fresh }, forwarded, doubtful, by);
      // The origin speaks of a response that is not the stored one: ask again, without conditions.
      const send = sender({ forward, forwardWhole }, extent);
      const again = await send(ask, (headers) => withoutConditions(headers, extent), by.signal);
      if (again.type === "failed") {
        by.departure?.land(landingOf(again.failure));
        return failureReply(again.failure, fwd, ask.target().origin);
      }
      return await full(ask, again, doubtful, by);
    }
    if (ask.method === "HEAD" && stored.method === "GET") {
      const says = headSays(stored, received.headers, received.status);
      if (says === "same") {
        const fresh = freshen(stored, received, ask.personal(), policy);
        return await freshened(ask, { stored, fresh }, forwarded, doubtful, by);
      }
      if (says === "other") await outdated(ask, received.status);
    }
    return await full(ask, forwarded, doubtful, by);
  };
  return { validate, freshened };

  /** Whether a stored response is validated as the whole although a part is asked for: that is small, or nobody waits for it. */
  function forWhole(stored: StoredResponse, by: Fetching): boolean {
    return wholePays(stored, policy) || (by.type === "behind" && stored.reading.status !== 206);
  }

  /** Nobody has asked for this: nothing is given up for a refusal that only we were given, nor for what was asked for before it. */
  async function isIdle(ask: Ask, stored: StoredResponse, { status, sentAt }: Received): Promise<boolean> {
    if (![200, 206, 304, stored.reading.status].includes(status)) return true;
    return isOvertaken(ask, await store.find(ask), sentAt);
  }

  /** The stored response, with its fields and times brought up to date (RFC 9111 §4.3.4), which may forbid to store it any longer. */
  async function freshened(
    ask: Ask,
    { stored, fresh }: Freshening,
    answer: FullResponse,
    { fwd, why }: Cause,
    { departure }: Fetching,
  ): Promise<Reply> {
    const { sentAt } = fresh;
    // What was invalidated by a group of its own is not to come back in others.
    const current = store.admits({ ...stored, sentAt }) && store.admits(fresh);
    const decision = current ? storable(ask, fresh.reading, fresh.headers.get("vary")) : INVALIDATED;
    // No-Vary-Search may have come with the 304, or have changed by it.
    const key = decision.type === "store" ? store.keyFor(ask, fresh.headers) : ask.key;
    const base = { type: "forward", fwd, status: answer.received.status, key: shownKey(key) } as const;
    // Of a variant that other requests select it says nothing to those.
    const isOwn = fwd !== "vary-miss";
    let cacheStatus: CacheStatus;
    if (decision.type === "store") {
      const { selecting } = decision;
      // By another Vary it would lie beside what it updates, which would go on answering as before (RFC 9111 §3.2, §4.3.4).
      if (isOwn && !sameFields(fresh.selecting, selecting)) await store.delete(fresh.key);
      await store.put({ ...fresh, key, selecting });
      if (isOwn) await vacate(fresh, key);
      departure?.land({ type: isSharable(fresh.reading) ? "stored" : "own" });
      const { lifetime, initialAge } = fresh.reading;
      const ttl = remainingSeconds(lifetime.ms - initialAge);
      cacheStatus = { ...base, stored: true, ttl, ...(why === undefined ? {} : { detail: why }) };
    } else {
      if (decision === INVALIDATED) departure?.land({ type: "outdated" });
      else if (isOwn) await outdated(ask, answer.received.status);
      cacheStatus = { ...base, stored: false, detail: decision.reason };
    }
    const now = clock();
    const reply = respond(ask, { stored: fresh, age: ageSeconds(fresh.reading, now) }, cacheStatus, now.wall);
    // A cookie that the 304 sets is for who asked, and for nobody later.
    for (const cookie of answer.received.headers.getSetCookie()) reply.response.headers.append("set-cookie", cookie);
    return { ...reply, originMs: answer.originMs };
  }

  async function full(ask: Ask, answer: FullResponse, validation: Doubtful, by: Fetching): Promise<Reply> {
    const { stored } = validation;
    const reply = await deliver(ask, answer, validation, by.departure);
    if ("failure" in reply) {
      by.departure?.land(landingOf(reply.failure));
      return unanswered(ask, validation, reply.failure, "itself", clock());
    }
    const { cacheStatus } = reply;
    if (cacheStatus?.type !== "forward") return reply;
    if (!cacheStatus.stored) await outdated(ask, answer.received.status);
    // A part need not repeat the field that a whole has (RFC 9110 §15.3.7): it says nothing of what is stored elsewhere.
    else if (cacheStatus.status !== 206) await vacate(stored, responseKey(ask, answer.received.headers));
    return reply;
  }

  /** What is stored has a newer one in its place, which lies elsewhere: left where it is, it would hide that by a later Date. */
  async function vacate(stored: StoredResponse, key: CacheKey): Promise<void> {
    if (stored.key !== key) await store.delete(stored.key);
  }

  /**
   * The origin has replaced what is stored by something that may not be: the old is not to come back. What it says to one
   * client who names himself, or to one who wants nothing stored, says nothing of that; nor does its failing, or
   * that it was asked too often (RFC 6585 §4), or finds fault with that one request. What rules of a lane or a scenario have made of it
   * says nothing to anybody else.
   */
  async function outdated(ask: Ask, status: number): Promise<void> {
    if (isApart(ask.publicOrigin)) return;
    if (status < 500 && status !== 429 && !isOfTheRequest(status) && !ask.directives.noStore && !ask.personal())
      await store.deleteAll(ask);
  }
}

/** The way to ask for the whole, or for what is asked for. */
function sender({ forward, forwardWhole }: ValidatingParts["dispensable"], extent: Extent): ForwardWhole {
  return extent === "whole" ? forwardWhole : (ask, rewrite, signal) => forward(ask.incoming, ask, rewrite, signal);
}

/** Answers for which `stale-if-error` lets a stale response stand in (RFC 5861 §4). */
const FAILING = new Set([500, 502, 503, 504]);

/** Something changed while the answer was on its way (RFC 9111 §4.4). */
const INVALIDATED = { type: "no-store", reason: "invalidated" } as const;
