import { PAYS_UP_TO } from "../caching/combine.ts";
import { lifetimeDetail, remainingSeconds } from "../caching/freshness.ts";
import { groupsOf, isOverTagged } from "../caching/group.ts";
import { type CacheKey, shownKey } from "../caching/key.ts";
import type { Policy } from "../caching/policy.ts";
import { isOfTheRequest, type NotKept, type Storable, sparing, storable } from "../caching/storable.ts";
import { type Reading, read, type StoredResponse } from "../caching/stored.ts";
import { annotate, type CacheStatus, type Cause } from "../http/cache-status.ts";
import type { Reply } from "../http/exchange.ts";
import { passage } from "../http/passage.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Ask } from "./ask.ts";
import type { CaptureBudget } from "./capture-budget.ts";
import type { Departure } from "./flights.ts";
import type { FullResponse } from "./forward.ts";
import type { Garbage } from "./garbage.ts";
import { EMPTY, type Keep, storedFrom, withBody } from "./keep.ts";
import { type Broken, READ_WHOLE_BYTES, type Relayed, relay } from "./relay.ts";
import { answer } from "./respond.ts";
import { SharedBody } from "./shared-body.ts";

/**
 * Hands a full response of the origin to the client and, where it may, to the store, and lets those who wait for it know.
 * "broken": its body broke off, or was late, before anything was sent.
 */
export type Deliver = (
  ask: Ask,
  full: FullResponse,
  cause: Instead,
  departure: Departure | undefined,
) => Promise<Reply | Broken>;

/** Why the origin was asked, and in the place of what its answer would be. */
export type Instead = Cause & { readonly stored?: StoredResponse };

type Kept = { readonly type: "store"; readonly as: Extract<Storable, { type: "store" }> };
type Decision = Kept | { readonly type: "no-store"; readonly reason: NotKept };

/** What delivering works with. */
export type DeliveringParts = {
  readonly store: VariedStore;
  readonly policy: Policy;
  readonly keep: Keep;
  /** Of all bodies that are being captured. */
  readonly budget: CaptureBudget;
  readonly garbage: Garbage;
};

export function delivering({ store, policy, keep, budget, garbage }: DeliveringParts): Deliver {
  return async (ask, full, cause, departure) => {
    const { received, originMs } = full;
    const reading = read(received, ask.personal(), policy);
    // Of a whole that came instead of the part that was asked for, the part can be cut out once it is there.
    const wholeUpTo = ask.range !== undefined && received.status === 200 ? PAYS_UP_TO : READ_WHOLE_BYTES;
    const relayed = await relay(ask.method, full, received.headers, wholeUpTo);
    if (relayed.type === "broken") return relayed;
    const storing = decide(ask, reading, full, relayed, policy);
    const spared = cause.stored && sparing(cause.stored.reading.status, reading);
    const decided: Decision =
      storing.type === "store" && spared !== undefined ? { type: "no-store", reason: spared } : storing;
    const key = decided.type === "store" ? store.keyFor(ask, received.headers) : ask.key;
    const groups = groupsOf(ask.key, received.headers);
    const isAdmitted = (each: CacheKey): boolean => store.admits({ key: each, groups, sentAt: received.sentAt });
    const outdated = !isAdmitted(ask.key) || (key !== ask.key && !isAdmitted(key));
    const decision = outdated ? INVALIDATED : decided;
    const cacheStatus = statusOf(key, cause, reading, decision);
    const headers = new Headers(received.headers);
    annotate(headers, cacheStatus);
    if (decision.type === "no-store") {
      departure?.land({ type: landingOf(decision.reason, received.status) });
      if (relayed.type === "whole") return whole(relayed.body);
      return reply(relayed.type === "none" ? null : passage(relayed.body));
    }
    const body = relayed.type === "none" ? EMPTY : relayed.type === "whole" ? relayed.body : "to come";
    const of = {
      key,
      publicOrigin: ask.publicOrigin,
      groups: key === ask.key ? groups : groupsOf(key, received.headers),
    };
    const stored = storedFrom(of, decision.as, received, reading, body);
    if (relayed.type === "stream") return reply(share(relayed, stored));
    await keep(stored);
    departure?.land({ type: isSharable(reading) ? "stored" : "own" });
    return relayed.type === "none" ? reply(null) : whole(relayed.body);

    /** What came whole, or the part of it that is asked for. */
    function whole(body: Blob): Reply {
      if (ask.range === undefined || received.status !== 200) return reply(body);
      const response = answer(ask, { key, reading, body }, headers, received.responseTime);
      return { response, cacheStatus, originMs };
    }

    function reply(body: Blob | ReadableStream<Uint8Array> | null): Reply {
      return { response: { status: received.status, headers, body }, cacheStatus, originMs, framing: full.framing };
    }

    function share({ body, announced }: Extract<Relayed, { type: "stream" }>, stored: StoredResponse) {
      const shared = new SharedBody(body, {
        announced,
        limit: policy.maxEntrySize,
        budget,
        garbage,
        whenWhole: (whole) => keep(withBody(stored, whole)),
        whenUnkept: () => departure?.unkept(),
        whenOver: () => departure?.over(),
      });
      departure?.land(isSharable(reading) ? { type: "arriving", stored, body: shared } : { type: "own" });
      return shared.read();
    }
  };
}

/** Whether a full response is kept, and why not. */
export function decide(
  ask: Ask,
  reading: Reading,
  full: Pick<FullResponse, "received" | "framing">,
  relayed: Relayed,
  policy: Policy,
): Decision {
  const { maxEntrySize } = policy;
  const decision = storable(ask, reading, full.received.headers.get("vary"));
  if (decision.type === "no-store") return decision;
  if (isOverTagged(full.received.headers)) return { type: "no-store", reason: "too-many-tags" };
  if (relayed.type === "stream") {
    if (full.framing === "until-close") return { type: "no-store", reason: "end-not-provable" };
    if ((relayed.announced ?? 0) > maxEntrySize) return { type: "no-store", reason: "too-large" };
  }
  if (relayed.type === "whole" && relayed.body.size > maxEntrySize) return { type: "no-store", reason: "too-large" };
  return { type: "store", as: decision };
}

function statusOf(key: CacheKey, { fwd, why }: Cause, reading: Reading, decision: Decision): CacheStatus {
  const base = { type: "forward", fwd, status: reading.status, key: shownKey(key) } as const;
  if (decision.type === "no-store") return { ...base, stored: false, detail: decision.reason };
  const ttl = remainingSeconds(reading.lifetime.ms - reading.initialAge);
  const detail = lifetimeDetail(reading.lifetime) ?? why;
  return { ...base, stored: true, ttl, ...(detail === undefined ? {} : { detail }) };
}

/** What others are told of an answer that is not kept: "own" where the next one is likely to be for who asks alone, too. */
function landingOf(reason: NotKept, status: number): "own" | "outdated" | "failed" {
  if (reason === "invalidated") return "outdated";
  return status < 500 && reason !== "request-no-store" && !isOfTheRequest(status) ? "own" : "failed";
}

/** Whether it answers anyone without being validated first. */
export function isSharable({ directives, lifetime, initialAge }: Reading): boolean {
  return directives.noCache !== true && lifetime.ms > initialAge;
}

/** Something changed while the answer was on its way (RFC 9111 §4.4). */
const INVALIDATED: Decision = { type: "no-store", reason: "invalidated" };
