import type { Settings } from "../config/settings.ts";
import type { Outgoing, Send } from "../http/origin.ts";
import type { AddressFigures } from "../http/origin-health.ts";
import { USUAL_RULES } from "../origins/breaker.ts";
import { checkingHealth } from "../origins/health-checks.ts";
import { at } from "../origins/moved.ts";
import { reaching } from "../origins/reaching.ts";
import { Sites } from "../origins/sites.ts";
import { pausing } from "../quota/guard.ts";

/** What of the settings says how origins are asked. */
export type OriginsWanted = Pick<Settings, "origins" | "retries" | "breaker" | "originCheckEvery" | "timeout">;

/** How origins are asked that fail, or want to know who asks. */
export type OriginsBuilt = Disposable & {
  /** Puts it around the way to just one address; health checks begin with that. */
  readonly layer: (send: Send, isOffline: () => boolean) => Send;
  /** The same for a WebSocket, which is tried once: where it leads, and with which fields. */
  readonly placeOf: (url: URL) => URL;
  readonly authorized: (request: Pick<Outgoing, "method" | "url" | "headers">) => Headers;
  readonly figures: () => readonly AddressFigures[];
};

/** @param onError told when an address is left alone, and when it answers again */
export function buildOrigins(
  { origins, retries, breaker, originCheckEvery, timeout }: OriginsWanted,
  onError: (error: unknown) => void,
): OriginsBuilt {
  const steady = () => performance.now();
  const rules = breaker ? USUAL_RULES : undefined;
  const tell = (change: string): void => onError(new Error(change));
  const sites = new Sites(origins, { rules, clock: () => Date.now(), steady, tell });
  const checks = new DisposableStack();
  return {
    layer(send, isOffline) {
      const within = Math.min(timeout, originCheckEvery);
      checks.use(checkingHealth({ send, sites: sites.said, isOffline, every: originCheckEvery, within }));
      return reaching({ send, sites, timeout, retries, steady, random: Math.random, pause: pausing });
    },
    placeOf(url) {
      const { site, rest } = sites.of(url);
      const choice = site.choose(url.pathname, new Set(), "rather-not");
      // Where nobody is well the first may be as good as any: what fails here nobody learns from.
      return at(site.addresses[choice.type === "ask" ? choice.place : 0]?.url ?? site.origin, rest);
    },
    authorized: (request) => sites.of(request.url).site.authorized(request),
    figures: () => sites.figures(),
    [Symbol.dispose]: () => checks.dispose(),
  };
}
