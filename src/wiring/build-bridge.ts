import { keptUrl } from "../caching/ignored-query.ts";
import type { Place } from "../caching/invalidation.ts";
import { targetOf } from "../caching/key.ts";
import type { Settings } from "../config/settings.ts";
import type { Incoming } from "../http/exchange.ts";
import { rememberedWith } from "../http/remembered.ts";
import { failureReply } from "../proxy/failure.ts";
import { forwardedFields, isLoop, publicOrigin } from "../proxy/forwarded-fields.ts";
import type { TlsOf } from "../wire/reach.ts";
import { type Bridge, bridging } from "../wire/websocket.ts";
import { trustOf } from "./build-cache.ts";
import type { OriginsBuilt } from "./build-origins.ts";

/** Wires the way that WebSockets take, past the cache; none while the origin is not asked. */
export function buildBridge(
  settings: Pick<Settings, "timeout" | "trustForwarded">,
  {
    origin,
    ignored,
    originOf,
    isOffline,
    origins,
  }: Required<Pick<Place, "origin" | "ignored">> & {
    /** Where a request is meant for by the rules. */
    readonly originOf: (incoming: Incoming) => URL;
    /** Whether the origin is not asked by now. */
    readonly isOffline: () => boolean;
    readonly origins?: Pick<OriginsBuilt, "placeOf" | "authorized"> | undefined;
  },
  tlsOf: TlsOf,
): Bridge {
  const { timeout } = settings;
  const trust = trustOf(settings);
  // Once for each request: rules count what they are asked.
  const siteOf = rememberedWith(originOf);
  const bridge = bridging({
    timeout,
    tlsOf,
    target(incoming) {
      const target = targetOf(siteOf(incoming), keptUrl(incoming.url, ignored));
      return origins?.placeOf(target) ?? target;
    },
    fields(incoming) {
      const fields = forwardedFields(incoming, publicOrigin(incoming, trust), trust);
      const url = targetOf(siteOf(incoming), incoming.url);
      return origins?.authorized({ method: "CONNECT", url, headers: fields }) ?? fields;
    },
  });
  return async (incoming, server) => {
    if (isLoop(incoming.headers)) return failureReply({ type: "loop" }, "bypass", origin.origin);
    if (isOffline()) return failureReply({ type: "offline" }, "bypass", origin.origin);
    return bridge(incoming, server);
  };
}
