import { groupsOf } from "../caching/group.ts";
import type { Clock } from "../caching/moment.ts";
import type { Policy } from "../caching/policy.ts";
import type { NotKept } from "../caching/storable.ts";
import { type Received, read, replaces, type StoredResponse } from "../caching/stored.ts";
import type { Instant } from "../http/date.ts";
import type { Incoming } from "../http/exchange.ts";
import type { CacheableMethod } from "../http/method.ts";
import type { VariedStore } from "../store/varied.ts";
import { ask, type Destination } from "./ask.ts";
import { decide } from "./deliver.ts";
import { EMPTY, type Keep, storedFrom } from "./keep.ts";

/** A response that somebody else got at another time, to a request that would come to us as `incoming`. */
export type Brought = {
  readonly incoming: Incoming;
  readonly method: CacheableMethod;
  readonly to: Destination;
  /** The request said who sent it, whatever its fields say. */
  readonly isPersonal: boolean;
  /** Its fields without the hop-by-hop ones. */
  readonly response: { readonly status: number; readonly headers: Headers; readonly body: Blob };
  /** When it was asked for and when it came; undefined where nobody knows, so that it counts as coming now. */
  readonly times: { readonly asked: Instant; readonly came: Instant } | undefined;
};

/** What became of it: `older` where what is stored for the same requests is more recent. */
export type TakenIn =
  | { readonly type: "stored"; readonly stored: StoredResponse }
  | { readonly type: "left"; readonly reason: NotKept | "older" };

/** Stores a response as if it came now from the origin, by the same rules; it is as old as it was told to be. */
export type TakeIn = (brought: Brought) => Promise<TakenIn>;

export type TakingInParts = {
  readonly store: VariedStore;
  readonly policy: Policy;
  readonly keep: Keep;
  readonly clock: Clock;
};

export function takingIn({ store, policy, keep, clock }: TakingInParts): TakeIn {
  return async ({ incoming, method, to, isPersonal, response, times }) => {
    const asked = ask(incoming, method, to);
    const body = method === "HEAD" ? EMPTY : response.body;
    const now = clock();
    // Nothing comes from the future: the clock that was read there goes wrong, or ours.
    const came = Math.min(now.wall, times?.came ?? now.wall);
    const received: Received = {
      status: response.status,
      headers: response.headers,
      requestTime: Math.min(came, times?.asked ?? came),
      responseTime: came,
      // What was let go of before somebody wants it back does not keep it out.
      sentAt: store.now(),
      arrivedAt: now.steady - (now.wall - came),
    };
    const reading = read(received, isPersonal || asked.personal(), policy);
    const decision = decide(asked, reading, { received, framing: "delimited" }, { type: "whole", body }, policy);
    if (decision.type === "no-store") return { type: "left", reason: decision.reason };
    const key = store.keyFor(asked, received.headers);
    const of = { key, publicOrigin: to.publicOrigin, groups: groupsOf(key, received.headers) };
    const stored = storedFrom(of, decision.as, received, reading, body);
    for (const held of await store.get(key)) {
      const isRival = replaces(stored, held) && replaces(held, stored);
      if (isRival && held.reading.date > reading.date) return { type: "left", reason: "older" };
    }
    await keep(stored);
    return { type: "stored", stored };
  };
}
