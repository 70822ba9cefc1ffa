import packageJson from "../package.json" with { type: "json" };
import { admin, guardedHandler, isOwnPath, json } from "./admin/admin.ts";
import { archiveOperations } from "./admin/archive.ts";
import { entriesOperation } from "./admin/entries.ts";
import { explainOperation } from "./admin/explain.ts";
import { accessOf } from "./admin/guard.ts";
import { pageOperation } from "./admin/page.ts";
import { type Purge, purgeByJson, purgeByMethod } from "./admin/purge.ts";
import type { Moment } from "./caching/moment.ts";
import type { Settings } from "./config/settings.ts";
import type { Instant } from "./http/date.ts";
import type { Handler, Incoming } from "./http/exchange.ts";
import type { Lanes } from "./lanes/lanes.ts";
import type { AccessLog } from "./observe/access-log.ts";
import { observing } from "./observe/observing.ts";
import { serverTiming } from "./observe/server-timing.ts";
import { purging } from "./proxy/purge.ts";
import { recovering } from "./proxy/recover.ts";
import type { Proxies } from "./sharing/join.ts";
import { namespaceOf } from "./store/namespace.ts";
import { openTier } from "./store/open-tier.ts";
import { type OpenTier, unlisted } from "./store/tier.ts";
import { back } from "./wire/back.ts";
import type { Bridge } from "./wire/websocket.ts";
import { buildAsking } from "./wiring/build-asking.ts";
import { buildBridge } from "./wiring/build-bridge.ts";
import { buildCache, policyOf, trustOf } from "./wiring/build-cache.ts";
import type { FixturesBuilt } from "./wiring/build-fixtures.ts";
import { buildFront, type Front } from "./wiring/build-front.ts";
import { within } from "./wiring/build-listeners.ts";
import { buildLog } from "./wiring/build-log.ts";
import { buildOriginTls } from "./wiring/build-origin-tls.ts";
import { reticenceOf } from "./wiring/build-reticence.ts";
import type { Ruling } from "./wiring/build-rules.ts";
import { buildStatistics } from "./wiring/build-statistics.ts";
import { buildWatching } from "./wiring/build-watching.ts";
import type { Controls } from "./wiring/controls.ts";
import { explainingEarlier } from "./wiring/explain-earlier.ts";
import { loadDevLoop, NO_LOOP } from "./wiring/load-dev-loop.ts";
import { proxiesOf } from "./wiring/load-proxies.ts";
import { answering } from "./workers/answering.ts";
import type { Crew } from "./workers/crew.ts";
import { Explaining } from "./workers/explaining.ts";
import { Inspection } from "./workers/inspection.ts";
import { heeding } from "./workers/spreading.ts";

/** A proxy that listens. */
export type RunningServer = {
  /** The port in use, also where `port: 0` was asked for. */
  readonly port: number;
  /** What a person opens, e.g. `http://localhost:3000`. */
  readonly url: URL;
  /** Stops listening, waits for what is in flight (at most `grace` ms), flushes the log. Resolves to the number of requests cut off. */
  stop(grace: number): Promise<number>;
  /** Goes on in the file that is at the path of the log file by now, as log rotation wants it, and with the certificate that is there. */
  reopenFiles(): void;
  /** Puts other rules in force for what comes from now on; undefined where it was started without any. */
  readonly replaceRules: Ruling["replace"] | undefined;
  /** How fixtures were used; undefined where there are none. */
  fixtureUse(): ReturnType<FixturesBuilt["use"]>;
  /** The lanes of this process; undefined where there is nothing that they could have for themselves. */
  readonly lanes: Lanes | undefined;
};

/** Everything but the sockets. */
export type Proxy = {
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
 */
function buildProxy(
  settings: Settings,
  onError: (error: unknown) => void,
  log: AccessLog,
  crew: Crew | undefined,
  tier?: OpenTier,
  proxies?: Proxies,
  loop = NO_LOOP,
): Proxy {
  const { rules, fixtures, lanes, laning } = loop;
  const clock = (): Instant => Date.now();
  const { origin, timeout } = settings;
  const [trust, tlsOf] = [trustOf(settings), buildOriginTls(settings)];
  const access = accessOf(settings.adminToken);
  const reticence = reticenceOf(settings.hosts, onError);
  // It is asked for once the cache is there.
  const purge: Purge = (wish, how, publicOrigin) => purging(cache.store, cache.place)(wish, how, publicOrigin);
  const turns = settings.collapse === "shared" ? proxies?.turns : undefined;
  const send = reticence.telling(fixtures?.send ?? back({ timeout, tlsOf }));
  const world = { send, clock, steady: () => performance.now() };
  const ways = { crew, tier, proxies, turns, purge: guardedHandler(purgeByMethod(purge), access), ...rules?.ways };
  const cache = buildCache(settings, { ...world, ...ways }, onError);
  const started = clock();
  const { name, version } = packageJson;
  const uptime = (since: Instant) => ({ name, version, uptimeSeconds: (clock() - since) / 1000 });
  const statistics = buildStatistics({ ...{ cache, rules, crew, log, clock }, steady: world.steady, version });
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
  crew?.attend(answering({ share: statistics.share, inspection, explaining, watching, asking, laning, heeded }));
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
      ...archiveOperations(async () => (await import("./wiring/build-archive.ts")).buildArchive(archiving)),
      ...loop.operations,
      page: pageOperation(async () => (await import("./embedded/load.ts")).loadPage()),
    },
    access,
  );

  const originOf = (incoming: Incoming): URL => rules?.bridgedTo(incoming) ?? origin;
  const bridged = buildBridge(settings, { ...cache.place, originOf }, fixtures?.send ? "never-asked" : tlsOf);
  return {
    handler: adminLayer(toClients(settings.serverTiming ? serverTiming(world.steady)(answered) : answered)),
    bridge: async (incoming, server) => adminLayer(toClients(loop.beside((each) => bridged(each, server))))(incoming),
    attend: async () => proxies?.attend({ heed: heeded, forget: () => cache.near.clear() }),
    endStreams: watching.end,
    controls: { stats, purge, clear, explaining, passed: watching.passed, isOwn, lanes },
    close: async () => {
      statistics[Symbol.dispose]();
      await fixtures?.close();
      await Promise.all([cache.own[Symbol.asyncDispose](), proxies?.[Symbol.asyncDispose]()]);
    },
  };
}

/** The time as this machine has it. */
function ownClock(): Moment {
  return { wall: Date.now(), steady: performance.now() };
}

/** A proxy that is ready to answer. */
export type OpenProxy = Proxy &
  Omit<RunningServer, "port" | "url"> & {
    /** @throws the system's error (with its `code`: EADDRINUSE, EACCES, EADDRNOTAVAIL …) where listening is not possible */
    listen(): Promise<Pick<RunningServer, "port" | "url">>;
  };

/**
 * Wires the layers and starts to listen.
 * @throws LogFileUnusable, TierUnusable, FixturesUnusable, UnknownScenario, or what `listen` throws
 */
export async function startServer(
  settings: Settings,
  onError: (error: unknown) => void,
  crew?: Crew,
): Promise<RunningServer> {
  const { stop, reopenFiles, replaceRules, fixtureUse, lanes, listen } = await openProxy(settings, onError, crew);
  return { ...(await listen()), stop, reopenFiles, replaceRules, fixtureUse, lanes };
}

/**
 * Opens what a proxy is made of, and wires the layers.
 * @param leave ends a request that came by no socket without an answer; false where it came by one
 * @throws LogFileUnusable, TierUnusable, FixturesUnusable or UnknownScenario
 */
export async function openProxy(
  settings: Settings,
  onError: (error: unknown) => void,
  crew?: Crew,
  leave: (request: Request) => boolean = () => false,
): Promise<OpenProxy> {
  const log = await buildLog(settings, crew, onError);
  const namespace = namespaceOf(settings.origin);
  const tier =
    settings.store &&
    (await openTier(settings.store, { clock: ownClock, policy: policyOf(settings), namespace, report: onError }));
  const proxies = await proxiesOf(settings, namespace, () => tier?.isAway?.() === true, onError);
  let listeners: Front | undefined;
  const abandon = (request: Request) => leave(request) || listeners?.abandon(request);
  const loop = await loadDevLoop(settings, crew, abandon, onError);
  const proxy = buildProxy(settings, onError, log, crew, tier, proxies, loop);
  await proxy.attend();
  return {
    ...proxy,
    reopenFiles() {
      log.reopen();
      listeners?.renew();
    },
    replaceRules: loop.rules?.replace,
    fixtureUse: () => loop.fixtures?.use(),
    lanes: loop.lanes?.lanes,
    async listen() {
      listeners = await buildFront(settings, proxy, crew ? "shared" : "alone", onError);
      return { port: listeners.port, url: listeners.url };
    },
    async stop(grace) {
      proxy.endStreams();
      const cut = (await listeners?.stop(grace)) ?? 0;
      // A reader that is stuck must not keep the process.
      await within(Promise.all([log.flush(), proxy.close()]), LAST_GRACE_MS);
      return cut;
    },
  };
}

/** How long what is still to be logged and stored may take at the end. */
const LAST_GRACE_MS = 1000;
