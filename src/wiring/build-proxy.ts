import packageJson from "../../package.json" with { type: "json" };
import { admin, guardedHandler, isOwnPath, json } from "../admin/admin.ts";
import { archiveOperations } from "../admin/archive.ts";
import { entriesOperation } from "../admin/entries.ts";
import { explainOperation } from "../admin/explain.ts";
import { accessOf } from "../admin/guard.ts";
import { offlineOperations } from "../admin/offline.ts";
import { pageOperation } from "../admin/page.ts";
import { type Purge, purgeByJson, purgeByMethod } from "../admin/purge.ts";
import type { Settings } from "../config/settings.ts";
import type { Instant } from "../http/date.ts";
import type { Handler, Incoming } from "../http/exchange.ts";
import type { AccessLog } from "../observe/access-log.ts";
import { observing } from "../observe/observing.ts";
import { serverTiming } from "../observe/server-timing.ts";
import { purging } from "../proxy/purge.ts";
import { recovering } from "../proxy/recover.ts";
import type { Proxies } from "../sharing/join.ts";
import { type OpenTier, unlisted } from "../store/tier.ts";
import { back } from "../wire/back.ts";
import type { Bridge } from "../wire/websocket.ts";
import { answering } from "../workers/answering.ts";
import { Contact } from "../workers/contact.ts";
import type { Crew } from "../workers/crew.ts";
import { Explaining } from "../workers/explaining.ts";
import { Inspection } from "../workers/inspection.ts";
import { heeding } from "../workers/spreading.ts";
import { buildAsking } from "./build-asking.ts";
import { buildBridge } from "./build-bridge.ts";
import { buildCache, trustOf } from "./build-cache.ts";
import { buildOriginTls } from "./build-origin-tls.ts";
import type { OriginsBuilt } from "./build-origins.ts";
import { reticenceOf } from "./build-reticence.ts";
import { buildStatistics } from "./build-statistics.ts";
import { buildWatching } from "./build-watching.ts";
import type { Controls } from "./controls.ts";
import { explainingEarlier } from "./explain-earlier.ts";
import { NO_LOOP } from "./load-dev-loop.ts";
import { ownClock } from "./own-clock.ts";

/** Everything but the sockets. */
export type BuiltProxy = {
  readonly handler: Handler;
  readonly bridge: Bridge;
  /** Hears from now on what the other proxies let go of; resolves once that is so, or cannot be yet. */
  readonly attend: () => Promise<void>;
  /** Ends the streams of our own paths, which would go on for as long as somebody reads them. */
  readonly endStreams: () => void;
  readonly controls: Controls;
  /** Writes what is still to be written, and lets go of the stores. */
  readonly close: () => Promise<void>;
};

/**
 * Wires the request's path: admin → observe → rules → fixtures → cache → forward.
 * @param log of the exchanges
 * @param crew the other workers; undefined where this process is alone
 * @param tier what lies below the memory
 * @param proxies those that share it
 * @param loop rules, fixtures and lanes
 * @param origins how they are asked; undefined where each is asked as it is named
 */
export async function buildProxy(
  settings: Settings,
  onError: (error: unknown) => void,
  log: AccessLog,
  crew: Crew | undefined,
  tier?: OpenTier,
  proxies?: Proxies,
  loop = NO_LOOP,
  origins?: OriginsBuilt,
): Promise<BuiltProxy> {
  const { rules, fixtures, lanes, laning } = loop;
  const clock = (): Instant => Date.now();
  const { origin, timeout } = settings;
  const [trust, tlsOf] = [trustOf(settings), await buildOriginTls(settings)];
  const access = accessOf(settings.adminToken);
  const reticence = reticenceOf(settings.hosts, onError);
  // It is asked for once the cache is there.
  const purge: Purge = (wish, how, publicOrigin) => purging(cache.store, cache.place)(wish, how, publicOrigin);
  const turns = settings.collapse === "shared" ? proxies?.turns : undefined;
  const contact = new Contact(settings.offline || settings.frozen ? "offline" : "online", crew);
  const isOffline = (): boolean => contact.isOffline;
  const direct = back({ timeout, tlsOf });
  const send = reticence.telling(contact.around(origins?.layer(direct, isOffline) ?? direct));
  const world = { send, clock, steady: () => performance.now(), isOffline };
  const ways = { crew, tier, proxies, turns, purge: guardedHandler(purgeByMethod(purge), access), ...rules?.ways };
  const authorized = origins?.authorized;
  const cache = buildCache(settings, { ...world, ...ways, authorized }, onError);
  const started = clock();
  const { name, version } = packageJson;
  const uptime = (since: Instant) => ({ name, version, uptimeSeconds: (clock() - since) / 1000 });
  const statistics = buildStatistics({ ...{ cache, origins, rules, crew, log, clock }, steady: world.steady, version });
  const heeded = heeding(cache, onError);
  // With a tier below the memory each sees what all have.
  const apart = tier === undefined ? crew : undefined;
  const inspection = new Inspection(cache.own, apart, ownClock);
  const stats = async () => ({
    ...uptime(crew?.place.since ?? started),
    origin: origin.href,
    ...(await statistics.totals()),
    ...(proxies && { otherProxies: proxies.counts() }),
  });
  const identity = { name, version, origin: origin.href };
  const watching = buildWatching({ crew, clock, tally: statistics.tally, stats, identity, secrets: settings.secrets });
  const paths = { prefix: settings.adminPrefix, health: settings.healthPath };
  const isOwn = (pathname: string): boolean => isOwnPath(paths, pathname);
  const explain = explainingEarlier(cache.explain, rules, fixtures);
  const explaining = new Explaining({ ...cache, explain, isOwn, crew: apart, recentOf: watching.recentOf });
  const observe = observing([statistics.sink, watching.sink, log.sink, ...loop.sinks], clock, lanes?.nameOf);
  const toClients = (handler: Handler): Handler => observe(reticence.layer(handler));
  const recovered = (handler: Handler): Handler => recovering(onError)(rules?.layer(handler) ?? handler);
  const cached = recovered(cache.handler);
  const asking = buildAsking({
    ...{ cache, isOwn, trust, maxEntrySize: settings.maxEntrySize, handler: observe(cached), send: cache.send },
    ...{ clock: ownClock, crew, apart, proxies, onError },
  });
  const answered = fixtures === undefined ? cached : recovered(fixtures.layer(cache)(cache.handler));
  crew?.attend(
    answering({ share: statistics.share, inspection, explaining, watching, asking, contact, laning, heeded }),
  );
  const listed = { unlisted: unlisted(settings.store) };
  const clear = async () => cache.store.clear();
  const archiving = { cache, isOwn, version, worker: apart?.place.number, ...listed, secretNames: settings.secrets };
  const adminLayer = admin(
    paths,
    {
      health: () => json({ status: "ok", ...uptime(started), ...(crew && { worker: crew.place.number }) }),
      stats: async () => json(await stats()),
      ...statistics.operations,
      clearCache: async () => json({ cleared: await clear() }),
      purge: purgeByJson(purge),
      entries: entriesOperation(origin, { ...inspection.below(cache.place), ...listed }),
      explain: explainOperation((wondered, publicOrigin) => explaining.one(wondered, publicOrigin)),
      ...watching.operations,
      ...asking.operations,
      ...offlineOperations(contact, settings.frozen ? FROZEN : undefined),
      ...archiveOperations(async () => (await import("./build-archive.ts")).buildArchive(archiving)),
      ...loop.operations,
      page: pageOperation(async () => (await import("../embedded/load.ts")).loadPage()),
    },
    access,
  );

  const originOf = (incoming: Incoming): URL => rules?.bridgedTo(incoming) ?? origin;
  const bridged = buildBridge(settings, { ...cache.place, originOf, isOffline, origins }, tlsOf);
  return {
    handler: adminLayer(toClients(settings.serverTiming ? serverTiming(world.steady)(answered) : answered)),
    bridge: async (incoming, server) => adminLayer(toClients(loop.beside((each) => bridged(each, server))))(incoming),
    async attend() {
      await contact.catchUp();
      await proxies?.attend({ heed: heeded, forget: () => cache.near.clear() });
    },
    endStreams: watching.end,
    controls: { stats, purge, clear, explaining, passed: watching.passed, isOwn, lanes },
    close: async () => {
      statistics[Symbol.dispose]();
      origins?.[Symbol.dispose]();
      await fixtures?.close();
      await Promise.all([cache.own[Symbol.asyncDispose](), proxies?.[Symbol.asyncDispose]()]);
    },
  };
}

const FROZEN = "The proxy runs with --frozen: fixtures alone answer, and the origin is not asked.";
