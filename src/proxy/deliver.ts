import { isGuessed, remainingSeconds } from "../caching/freshness.ts";
import { shownKey } from "../caching/key.ts";
import type { Policy } from "../caching/policy.ts";
import { type NoStoreReason, type Storable, storable } from "../caching/storable.ts";
import { type Reading, type Received, read, type StoredResponse } from "../caching/stored.ts";
import { annotate, type CacheStatus, type ForwardReason } from "../http/cache-status.ts";
import { formatHttpDate } from "../http/date.ts";
import type { Reply } from "../http/exchange.ts";
import type { Store } from "../store/store.ts";
import type { Ask } from "./ask.ts";
import { type Capture, capture, passage } from "./capture.ts";
import type { CaptureBudget } from "./capture-budget.ts";
import type { Forwarded } from "./forward.ts";
import { type Relayed, relay } from "./relay.ts";

/** A full response of the origin. */
export type FullResponse = Extract<Forwarded, { type: "response" }>;

/** Hands a full response of the origin to the client and, where it may, to the store. `broken`: its body broke off before anything was sent. */
export type Deliver = (ask: Ask, full: FullResponse, fwd: ForwardReason) => Promise<Reply | "broken">;

/** Why a storable response is not stored all the same. */
type NotKept = NoStoreReason | "too-large" | "end-not-provable";

type Kept = { readonly type: "store"; readonly as: Extract<Storable, { type: "store" }> };
type Keeping = Kept | { readonly type: "no-store"; readonly reason: NotKept };

/**
 * @param maxEntrySize bodies larger than this stream through unstored, in bytes
 * @param budget of all bodies that are being captured
 */
export function delivering(store: Store, policy: Policy, maxEntrySize: number, budget: CaptureBudget): Deliver {
  return async (ask, full, fwd) => {
    const { received } = full;
    const reading = read(received, ask.personal(), policy);
    const relayed = await relay(ask.method, full.response, received.headers);
    if (relayed.type === "broken") return "broken";
    const keeping = keep(ask, reading, full, relayed, maxEntrySize);
    const keepBody = async (body: Blob): Promise<void> => {
      if (keeping.type === "store") await store.put(storedFrom(ask, keeping.as, received, reading, body));
    };
    const cacheStatus = statusOf(ask, fwd, reading, keeping);
    const headers = new Headers(received.headers);
    annotate(headers, cacheStatus);
    const body = await bodyFor(relayed, keeping, keepBody, { limit: maxEntrySize, budget });
    return {
      response: new Response(body, { status: received.status, headers }),
      cacheStatus,
      originMs: full.originMs,
    };
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

async function bodyFor(
  relayed: Exclude<Relayed, { type: "broken" }>,
  keeping: Keeping,
  keepBody: (body: Blob) => Promise<void>,
  bounds: Pick<Capture, "limit" | "budget">,
): Promise<Blob | ReadableStream<Uint8Array> | null> {
  switch (relayed.type) {
    case "none":
      await keepBody(EMPTY);
      return null;
    case "whole":
      await keepBody(relayed.body);
      return relayed.body;
    case "stream": {
      if (keeping.type === "no-store") return passage(relayed.body);
      return capture({ body: relayed.body, announced: relayed.announced, whenWhole: keepBody, ...bounds });
    }
  }
}

function storedFrom(ask: Ask, as: Kept["as"], received: Received, reading: Reading, body: Blob): StoredResponse {
  const headers = new Headers(received.headers);
  for (const name of as.omit) headers.delete(name);
  // What has no Date is given the time when it came (RFC 9110 §6.6.1).
  if (!headers.has("date")) headers.set("date", formatHttpDate(reading.responseTime));
  // A HEAD's length is that of the content it does not have.
  if (as.method === "GET") headers.set("content-length", String(body.size));
  const { key, publicOrigin } = ask;
  return {
    key,
    method: as.method,
    headers,
    body,
    publicOrigin,
    selecting: as.selecting,
    reading,
    sentAt: received.sentAt,
  };
}

function statusOf(ask: Ask, fwd: ForwardReason, reading: Reading, keeping: Keeping): CacheStatus {
  const base = { type: "forward", fwd, status: reading.status, key: shownKey(ask.key) } as const;
  if (keeping.type === "no-store") return { ...base, stored: false, detail: keeping.reason };
  const ttl = remainingSeconds(reading.lifetime.ms - reading.initialAge);
  return { ...base, stored: true, ttl, ...(isGuessed(reading.lifetime) ? { detail: "heuristic" } : {}) };
}

const EMPTY = new Blob([]);
