import { isGuessed, remainingSeconds } from "../caching/freshness.ts";
import { shownKey } from "../caching/key.ts";
import type { Policy } from "../caching/policy.ts";
import { type NoStoreReason, type Storable, storable } from "../caching/storable.ts";
import { type Reading, type Received, read, type StoredResponse } from "../caching/stored.ts";
import { annotate, type CacheStatus, type ForwardReason } from "../http/cache-status.ts";
import { formatHttpDate } from "../http/date.ts";
import type { Reply } from "../http/exchange.ts";
import { passage } from "../http/passage.ts";
import type { FencedStore } from "../store/fenced.ts";
import type { Ask } from "./ask.ts";
import type { CaptureBudget } from "./capture-budget.ts";
import type { Departure } from "./flights.ts";
import type { Forwarded } from "./forward.ts";
import { type Relayed, relay } from "./relay.ts";
import { SharedBody } from "./shared-body.ts";

/** A full response of the origin. */
export type FullResponse = Extract<Forwarded, { type: "response" }>;

/**
 * Hands a full response of the origin to the client and, where it may, to the store, and lets those who wait for it know.
 * `broken`: its body broke off before anything was sent.
 */
export type Deliver = (
  ask: Ask,
  full: FullResponse,
  fwd: ForwardReason,
  departure: Departure | undefined,
) => Promise<Reply | "broken">;

/** Why a storable response is not stored all the same. */
type NotKept = NoStoreReason | "too-large" | "end-not-provable" | "invalidated";

type Kept = { readonly type: "store"; readonly as: Extract<Storable, { type: "store" }> };
type Keeping = Kept | { readonly type: "no-store"; readonly reason: NotKept };

/**
 * @param maxEntrySize bodies larger than this stream through unstored, in bytes
 * @param budget of all bodies that are being captured
 */
export function delivering(store: FencedStore, policy: Policy, maxEntrySize: number, budget: CaptureBudget): Deliver {
  return async (ask, full, fwd, departure) => {
    const { received } = full;
    const reading = read(received, ask.personal(), policy);
    const relayed = await relay(ask.method, full.response, received.headers);
    if (relayed.type === "broken") return "broken";
    const outdated = !store.admits({ key: ask.key, sentAt: received.sentAt });
    const keeping = outdated ? INVALIDATED : keep(ask, reading, full, relayed, maxEntrySize);
    const cacheStatus = statusOf(ask, fwd, reading, keeping);
    const headers = new Headers(received.headers);
    annotate(headers, cacheStatus);
    const body = await hand(relayed, keeping);
    return {
      response: new Response(body, { status: received.status, headers }),
      cacheStatus,
      originMs: full.originMs,
    };

    async function hand(of: Exclude<Relayed, { type: "broken" }>, as: Keeping) {
      if (as.type === "no-store") {
        departure?.land({ type: isLasting(as.reason, received.status) ? "own" : "failed" });
        return of.type === "none" ? null : of.type === "whole" ? of.body : passage(of.body);
      }
      const stored = storedFrom(ask, as.as, received, reading);
      if (of.type === "stream") return share(of, stored);
      await store.put(withBody(stored, of.type === "none" ? EMPTY : of.body));
      departure?.land({ type: isSharable(reading) ? "stored" : "own" });
      return of.type === "none" ? null : of.body;
    }

    function share({ body, announced }: Extract<Relayed, { type: "stream" }>, stored: StoredResponse) {
      const shared = new SharedBody(body, {
        announced,
        limit: maxEntrySize,
        budget,
        whenWhole: (whole) => store.put(withBody(stored, whole)),
        whenUnkept: () => departure?.unkept(),
        whenOver: () => departure?.over(),
      });
      departure?.land(isSharable(reading) ? { type: "arriving", stored, body: shared } : { type: "own" });
      return shared.read();
    }
  };
}

function keep(ask: Ask, reading: Reading, full: FullResponse, relayed: Relayed, maxEntrySize: number): Keeping {
  const decision = storable(ask, reading, full.received.headers.get("vary"));
  if (decision.type === "no-store") return decision;
  if (relayed.type === "stream") {
    if (full.framing === "until-close") return { type: "no-store", reason: "end-not-provable" };
    if ((relayed.announced ?? 0) > maxEntrySize) return { type: "no-store", reason: "too-large" };
  }
  if (relayed.type === "whole" && relayed.body.size > maxEntrySize) return { type: "no-store", reason: "too-large" };
  return { type: "store", as: decision };
}

/** The response as it is to be stored, but for its body. */
function storedFrom(ask: Ask, as: Kept["as"], received: Received, reading: Reading): StoredResponse {
  const headers = new Headers(received.headers);
  for (const name of as.omit) headers.delete(name);
  // What has no Date is given the time when it came (RFC 9110 §6.6.1).
  if (!headers.has("date")) headers.set("date", formatHttpDate(reading.responseTime));
  // A HEAD's length is that of the content it does not have; a GET's comes with its body.
  if (as.method === "GET") headers.delete("content-length");
  const { key, publicOrigin } = ask;
  return {
    key,
    method: as.method,
    headers,
    body: EMPTY,
    publicOrigin,
    selecting: as.selecting,
    reading,
    sentAt: received.sentAt,
  };
}

function withBody(stored: StoredResponse, body: Blob): StoredResponse {
  if (stored.method === "HEAD") return stored;
  const headers = new Headers(stored.headers);
  headers.set("content-length", String(body.size));
  return { ...stored, headers, body };
}

function statusOf(ask: Ask, fwd: ForwardReason, reading: Reading, keeping: Keeping): CacheStatus {
  const base = { type: "forward", fwd, status: reading.status, key: shownKey(ask.key) } as const;
  if (keeping.type === "no-store") return { ...base, stored: false, detail: keeping.reason };
  const ttl = remainingSeconds(reading.lifetime.ms - reading.initialAge);
  return { ...base, stored: true, ttl, ...(isGuessed(reading.lifetime) ? { detail: "heuristic" } : {}) };
}

/** Whether the next answer is likely to be for who asks alone, too. */
function isLasting(reason: NotKept, status: number): boolean {
  return status < 500 && reason !== "invalidated" && reason !== "request-no-store";
}

/** Whether it answers anyone without being validated first. */
export function isSharable({ directives, lifetime, initialAge }: Reading): boolean {
  return directives.noCache !== true && lifetime.ms > initialAge;
}

/** Something changed while the answer was on its way (RFC 9111 §4.4). */
const INVALIDATED: Keeping = { type: "no-store", reason: "invalidated" };

const EMPTY = new Blob([]);
