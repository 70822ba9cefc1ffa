import { askedOrigin } from "../caching/apart.ts";
import { groupsOf } from "../caching/group.ts";
import { invalidated, invalidatedGroups, type Place, type Site } from "../caching/invalidation.ts";
import { cacheKey, isAmbiguous, responseKey } from "../caching/key.ts";
import { isRepresentation } from "../caching/posted.ts";
import { annotate, type CacheStatus, type ForwardReason } from "../http/cache-status.ts";
import type { Detail } from "../http/detail.ts";
import type { Incoming, Reply } from "../http/exchange.ts";
import { passage } from "../http/passage.ts";
import type { VariedStore } from "../store/varied.ts";
import { ask, type Destination } from "./ask.ts";
import type { Deliver } from "./deliver.ts";
import { failureReply } from "./failure.ts";
import { AS_ASKED, type Forward, type FullResponse } from "./forward.ts";
import { READ_WHOLE_BYTES, relay } from "./relay.ts";

/** Passes a request through without a look at what is stored, keeping nothing but what a POST brings for later GETs. */
export type Pass = (incoming: Incoming, to: Destination, fwd: ForwardReason, detail?: Detail) => Promise<Reply>;

/** @param readAt what would be asked of an origin if the same client asked for a URL by GET; undefined where it is always below the one origin */
export function passing(
  store: VariedStore,
  forward: Forward,
  deliver: Deliver,
  place: Place,
  readAt?: (incoming: Incoming) => (asked: URL) => URL,
): Pass {
  return async (incoming, to, fwd, detail) => {
    const { method } = incoming.request;
    const { origin } = to;
    const forwarded = await forward(incoming, to, AS_ASKED, incoming.request.signal);
    if (forwarded.type === "failed") return failureReply(forwarded.failure, fwd, origin.origin);
    const site = { ...place, origin, publicOrigin: askedOrigin(to.publicOrigin), readAt: readAt?.(incoming) };
    const target = to.target();
    const full = await invalidating(method, target, site, forwarded);
    if (method === "POST" && !isAmbiguous(to.key) && isRepresentation(full.received, target, site)) {
      // Range means something for GET alone (RFC 9110 §14.2).
      const asked = { ...ask(incoming, "GET", to), range: undefined };
      const reply = await deliver(asked, full, { fwd }, undefined);
      return "failure" in reply ? failureReply(reply.failure, fwd, origin.origin) : reply;
    }
    const { received, framing, originMs } = full;
    const relayed = await relay(method, full, received.headers, READ_WHOLE_BYTES);
    if (relayed.type === "broken") return failureReply(relayed.failure, fwd, origin.origin);
    const cacheStatus: CacheStatus = {
      type: "forward",
      fwd,
      status: received.status,
      stored: false,
      ...(detail === undefined ? {} : { detail }),
    };
    const headers = new Headers(received.headers);
    annotate(headers, cacheStatus);
    const body = relayed.type === "none" ? null : relayed.type === "whole" ? relayed.body : passage(relayed.body);
    return { response: { status: received.status, headers, body }, cacheStatus, originMs, framing };
  };

  /** Drops what the request has changed. Its own response is from after that, unless another changed the same meanwhile. */
  async function invalidating(method: string, target: URL, site: Site, full: FullResponse): Promise<FullResponse> {
    const { received } = full;
    const { status, headers } = received;
    const own = cacheKey(target);
    const groups = groupsOf(own, headers);
    const keys = [own, responseKey({ target: () => target, key: own }, headers)];
    const current = keys.every((key) => store.admits({ key, groups, sentAt: received.sentAt }));
    const urls = invalidated(method, target, site, status, headers);
    const dropping = [
      ...urls.map((url) => store.invalidateAll({ target: () => url, key: cacheKey(url) })),
      ...invalidatedGroups(method, target, headers).map((group) => store.invalidateGroup(group)),
    ];
    const sentAt = current ? store.now() : received.sentAt;
    await Promise.all(dropping);
    return { ...full, received: { ...received, sentAt } };
  }
}
