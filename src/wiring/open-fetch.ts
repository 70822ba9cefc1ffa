import packageJson from "../../package.json" with { type: "json" };
import type { PurgeAsked } from "../admin/purge.ts";
import { ignoredQuery } from "../caching/ignored-query.ts";
import type { Policy } from "../caching/policy.ts";
import type { Settings } from "../config/settings.ts";
import type { Reply } from "../http/exchange.ts";
import { observing } from "../observe/observing.ts";
import { type OwnRequest, ownRequests } from "../proxy/own-requests.ts";
import { type Purged, purging } from "../proxy/purge.ts";
import { namespaceOfFetch } from "../store/namespace.ts";
import { openTier } from "../store/open-tier.ts";
import { back } from "../wire/back.ts";
import type { GivenFetch } from "../wire/given-fetch.ts";
import { heeding } from "../workers/spreading.ts";
import { buildCache, policyOf } from "./build-cache.ts";
import { within } from "./build-listeners.ts";
import { buildStatistics, type StatisticsBuilt } from "./build-statistics.ts";
import { proxiesOf } from "./load-proxies.ts";
import { ownClock } from "./own-clock.ts";

/** The cache's path for a program's own requests, without sockets of ours. */
export type OpenFetch = {
  readonly answer: (own: OwnRequest) => Reply | Promise<Reply>;
  /**
   * Purges what is named by a URL, or by tags of an origin.
   * @param origin whose it is
   */
  readonly purge: (asked: PurgeAsked, origin: URL) => Promise<Purged>;
  /** Resolves to the number of responses that were stored. */
  readonly clear: () => Promise<number>;
  readonly stats: () => Promise<FetchStats>;
  /** Writes what is still to be written, and lets go of the stores. */
  readonly close: () => Promise<void>;
};

/** What a `fetch` with a cache did, and what it holds. */
export type FetchStats = Awaited<ReturnType<StatisticsBuilt["totals"]>> & {
  /** Since the first call. */
  readonly uptimeSeconds: number;
};

/**
 * Opens what a `fetch` with a cache is made of.
 * @param settings of which the origin means nothing
 * @param kind whose the cache is
 * @throws TierUnusable
 */
export async function openFetch(
  settings: Settings,
  kind: "shared" | "private",
  given: GivenFetch,
  onError: (error: unknown) => void,
): Promise<OpenFetch> {
  const of: { readonly kind?: Policy["kind"] } = kind === "private" ? { kind } : {};
  const { timeout, ignoreQuery } = settings;
  // It sets the fields of who asks by itself, and believes what they say.
  const cacheSettings = { ...settings, ...of, trustForwarded: true };
  const namespace = namespaceOfFetch(kind);
  const policy = policyOf(cacheSettings);
  await using opening = new AsyncDisposableStack();
  const tier =
    settings.store && (await openTier(settings.store, { clock: ownClock, policy, namespace, report: onError }));
  if (tier !== undefined) opening.use(tier.store);
  const proxies = await proxiesOf(settings, namespace, () => tier?.isAway?.() === true, onError);
  if (proxies !== undefined) opening.use(proxies);
  const own = ownRequests(of.kind);
  const clock = (): number => Date.now();
  const steady = (): number => performance.now();
  const send = back({ timeout, tlsOf: () => undefined, given });
  const turns = settings.collapse === "shared" ? proxies?.turns : undefined;
  const surroundings = { send, clock, steady, tier, proxies, turns, guidance: own.guidance };
  const cache = buildCache(cacheSettings, surroundings, onError);
  const { version } = packageJson;
  const log = { dropped: () => 0 };
  const statistics = buildStatistics({
    ...{ cache, origins: undefined, rules: undefined, crew: undefined },
    ...{ log, clock, steady, version },
  });
  await proxies?.attend({ heed: heeding(cache, onError), forget: () => cache.near.clear() });
  const handler = observing([statistics.sink], clock)(cache.handler);
  const started = clock();
  opening.move();
  return {
    answer: (request) => handler(own.incoming(request)),
    purge: ({ wish, how }, at) =>
      purging(cache.store, { origin: at, ignored: ignoredQuery(ignoreQuery) })(wish, how, at.origin),
    clear: async () => cache.store.clear(),
    stats: async () => ({ ...(await statistics.totals()), uptimeSeconds: (clock() - started) / 1000 }),
    async close() {
      statistics[Symbol.dispose]();
      const closing = Promise.all([cache.own[Symbol.asyncDispose](), proxies?.[Symbol.asyncDispose]()]);
      // A store that is stuck must not keep the program.
      await within(closing, LAST_GRACE_MS);
    },
  };
}

const LAST_GRACE_MS = 1000;
