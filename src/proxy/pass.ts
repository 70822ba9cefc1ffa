import { invalidated } from "../caching/invalidation.ts";
import { cacheKey } from "../caching/key.ts";
import { publicOrigin } from "../caching/public-name.ts";
import { annotate, type CacheStatus, type ForwardReason } from "../http/cache-status.ts";
import type { Incoming, Reply } from "../http/exchange.ts";
import { passage } from "../http/passage.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Destination } from "./ask.ts";
import { BROKEN_OFF, failureReply } from "./failure.ts";
import { AS_ASKED, type Forward } from "./forward.ts";
import { READ_WHOLE_BYTES, relay } from "./relay.ts";

/** Passes a request and its response through, keeping nothing. */
export type Pass = (incoming: Incoming, to: Destination, fwd: ForwardReason, detail?: string) => Promise<Reply>;

/**
 * @param origin as configured, with its base path
 */
export function passing(store: VariedStore, forward: Forward, origin: URL): Pass {
  return async (incoming, to, fwd, detail) => {
    const { method } = incoming.request;
    const forwarded = await forward(incoming, to, AS_ASKED, incoming.request.signal);
    if (forwarded.type === "failed") return failureReply(forwarded.failure, fwd, origin.origin);
    const { received, response } = forwarded;
    const site = { origin, publicOrigin: publicOrigin(to.name) };
    for (const url of invalidated(method, to.target, site, received.status, received.headers)) {
      await store.invalidateAll({ target: url, key: cacheKey(url) });
    }
    const relayed = await relay(method, response, received.headers, READ_WHOLE_BYTES);
    if (relayed.type === "broken") return failureReply(BROKEN_OFF, fwd, origin.origin);
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
    return {
      response: new Response(body, { status: received.status, headers }),
      cacheStatus,
      originMs: forwarded.originMs,
    };
  };
}
