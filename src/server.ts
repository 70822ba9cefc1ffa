import packageJson from "../package.json" with { type: "json" };
import { admin } from "./admin/admin.ts";
import { targetOf } from "./caching/key.ts";
import type { Clock } from "./caching/moment.ts";
import type { Policy } from "./caching/policy.ts";
import { isAbsentAddress, shownUrl } from "./config/listen.ts";
import type { Settings } from "./config/settings.ts";
import type { Instant, Milliseconds } from "./http/date.ts";
import type { Handler } from "./http/exchange.ts";
import type { Send } from "./http/origin.ts";
import { type AccessLog, openAccessLog, ownColour } from "./observe/access-log.ts";
import { Counters } from "./observe/counters.ts";
import { observing } from "./observe/observing.ts";
import { destinations } from "./proxy/ask.ts";
import { background } from "./proxy/background.ts";
import { caching } from "./proxy/cache.ts";
import { CaptureBudget } from "./proxy/capture-budget.ts";
import { collapsing } from "./proxy/collapse.ts";
import { completing } from "./proxy/complete.ts";
import { delivering } from "./proxy/deliver.ts";
import { failureReply } from "./proxy/failure.ts";
import { fetchingAnew } from "./proxy/fetch-anew.ts";
import { Flights } from "./proxy/flights.ts";
import { forwarding } from "./proxy/forward.ts";
import { forwardingWhole } from "./proxy/forward-whole.ts";
import { type ForwardedTrust, forwardedFields, isLoop, publicOrigin } from "./proxy/forwarded-fields.ts";
import { Garbage } from "./proxy/garbage.ts";
import { keeping } from "./proxy/keep.ts";
import { passing } from "./proxy/pass.ts";
import { recovering } from "./proxy/recover.ts";
import { validating } from "./proxy/validate.ts";
import { evictionBy } from "./store/eviction-by-name.ts";
import { fenced } from "./store/fenced.ts";
import { guarded } from "./store/guarded.ts";
import { MemoryStore } from "./store/memory.ts";
import { type VariedStore, varied } from "./store/varied.ts";
import { back } from "./wire/back.ts";
import { front, type Listener } from "./wire/front.ts";
import { type Bridge, bridging } from "./wire/websocket.ts";
import type { Crew } from "./workers/crew.ts";
import type { Share } from "./workers/share.ts";
import { heed, type Spreading, spreading } from "./workers/spreading.ts";
import { statistics } from "./workers/statistics.ts";

/** A proxy that listens. */
export type RunningServer = {
  /** The port in use, also where `port: 0` was asked for. */
  readonly port: number;
  /** What a person opens, e.g. `http://localhost:3000`. */
  readonly url: URL;
  /** Stops listening, waits for what is in flight (at most `grace` ms), flushes the log. Resolves to the number of requests cut off. */
  stop(grace: number): Promise<number>;
};

/** Everything but the sockets. */
export type Proxy = { readonly handler: Handler; readonly bridge: Bridge; readonly log: AccessLog };

/** What the cache's path rests on outside the process: the way to the origin, the time, and other workers where there are any. */
export type Surroundings = {
  readonly send: Send;
  readonly clock: () => Instant;
  /** Ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  readonly crew?: Crew | undefined;
};

/** The cache's path with its store, which clearing and statistics reach too. */
export type Cache = Spreading & {
  readonly handler: Handler;
  /** The store without its line to the other workers. */
  readonly own: VariedStore;
  readonly storeErrors: () => number;
};

/** What the cache's path is told of the settings. */
export type CacheSettings = Pick<
  Settings,
  "origin" | "ttl" | "maxSize" | "maxEntrySize" | "eviction" | "timeout" | "trustForwarded"
>;

/** Wires cache → forward, without sockets. */
export function buildCache(
  settings: CacheSettings,
  { send, clock, steady, crew }: Surroundings,
  onError: (error: unknown) => void,
): Cache {
  const { origin, timeout, maxSize, eviction } = settings;
  const trust = trustOf(settings);
  const policy: Policy = { defaultTtl: settings.ttl, maxEntrySize: settings.maxEntrySize };

  let storeErrors = 0;
  const memory = guarded(new MemoryStore(maxSize, clock, evictionBy(eviction, maxSize)), ({ operation, error }) => {
    storeErrors++;
    onError(new Error(`The store failed to ${operation}; the request went on as a miss.`, { cause: error }));
  });
  const own = varied(fenced(memory, steady));
  const { store, unconfirmed } =
    crew === undefined ? { store: own, unconfirmed: () => 0 } : spreading(own, crew, onError);
  const moment: Clock = () => ({ wall: clock(), steady: steady() });

  const forward = forwarding(send, moment, trust);
  const forwardWhole = forwardingWhole(forward);
  const budget = new CaptureBudget(maxSize);
  const garbage = new Garbage({ bound: policy.maxEntrySize / 4, collect: () => Bun.gc(true), monotonic: steady });
  const deliver = delivering({ store, policy, keep: keeping(store, policy), budget, garbage });
  const { validate, freshened } = validating({ store, policy, clock: moment, forward, forwardWhole, deliver });
  const complete = completing({ store, policy, clock: moment, forwardWhole, deliver, budget });
  const fetchAnew = fetchingAnew({ policy, forward, deliver, freshened });
  const pass = passing(store, forward, deliver, origin);
  const handler = caching({
    ...{
      origin,
      destinationOf: destinations(origin, trust),
      clock: moment,
      policy,
      store,
      fetchAnew,
      validate,
      complete,
      pass,
    },
    background: background(validate, onError),
    collapse: collapsing(new Flights(steady, timeout), store, policy, moment, timeout),
  });
  return { handler, store, unconfirmed, own, storeErrors: () => storeErrors };
}

function trustOf(settings: Pick<Settings, "trustForwarded">): ForwardedTrust {
  return settings.trustForwarded ? "trusted" : "untrusted";
}

/**
 * Wires the request's path: admin → observe → cache → forward.
 * @param crew the other workers; undefined where this process is alone
 */
export function buildProxy(settings: Settings, onError: (error: unknown) => void, crew: Crew | undefined): Proxy {
  const clock = (): Instant => Date.now();
  const { origin, timeout, insecure } = settings;
  const trust = trustOf(settings);
  const surroundings = { send: back({ timeout, insecure }), clock, steady: () => performance.now(), crew };
  const cache = buildCache(settings, surroundings, onError);

  const counters = new Counters();
  const log = openAccessLog(settings.log, crew?.orders.colour ?? ownColour(), onError);
  const started = clock();
  const identity = { name: packageJson.name, version: packageJson.version };
  const share = async (): Promise<Share> => ({
    worker: crew?.place.number ?? 0,
    pid: process.pid,
    restarts: crew?.place.restarts ?? 0,
    uptimeSeconds: (clock() - started) / 1000,
    counted: counters.counted(),
    cache: { ...(await cache.own.stats()), errors: cache.storeErrors() },
    log: { dropped: log.dropped() },
    unconfirmed: cache.unconfirmed(),
  });
  crew?.attend(async (question) =>
    question.type === "statistics" ? { type: "statistics", share: await share() } : heed(cache.own, question),
  );
  const worker = crew === undefined ? {} : { worker: crew.place.number };
  const adminLayer = admin(
    { prefix: settings.adminPrefix, health: settings.healthPath },
    {
      health: () => ({ status: "ok", ...identity, uptimeSeconds: (clock() - started) / 1000, ...worker }),
      stats: async () => ({
        ...identity,
        uptimeSeconds: (clock() - (crew?.place.since ?? started)) / 1000,
        origin: origin.href,
        ...(await statistics(await share(), crew)),
      }),
      clearCache: async () => ({ cleared: await cache.store.clear() }),
    },
    settings.adminToken === undefined ? { type: "loopback" } : { type: "token", token: settings.adminToken },
  );

  const bridge = bridging({
    timeout,
    insecure,
    target: (incoming) => targetOf(origin, incoming.url),
    fields: (incoming) => forwardedFields(incoming, publicOrigin(incoming, trust), trust),
  });
  const bridged: Bridge = async (incoming, server) =>
    isLoop(incoming.headers) ? failureReply({ type: "loop" }, "bypass", origin.origin) : bridge(incoming, server);
  const observe = observing([(record) => counters.count(record), log.sink], clock);
  return {
    handler: adminLayer(observe(recovering(onError)(cache.handler))),
    bridge: async (incoming, server) => adminLayer(observe(() => bridged(incoming, server)))(incoming),
    log,
  };
}

/**
 * Wires the layers and starts to listen.
 * @throws the system's error (with its `code`: EADDRINUSE, EACCES, EADDRNOTAVAIL …) where listening is not possible.
 */
export async function startServer(
  settings: Settings,
  onError: (error: unknown) => void,
  crew?: Crew,
): Promise<RunningServer> {
  const { handler, bridge, log } = buildProxy(settings, onError, crew);
  const sharing = crew === undefined ? "alone" : "shared";
  const servers: Listener[] = [];
  let { port } = settings;
  try {
    for (const hostname of settings.hosts) {
      const server = listen(hostname, servers.length > 0);
      if (server === undefined) continue;
      servers.push(server);
      port = server.port;
    }
  } catch (error) {
    for (const server of servers) await server.stop(true);
    throw error;
  }
  return { port, url: shownUrl(settings.hosts, port), stop };

  /** @param optional an address that this machine lacks (IPv6 switched off) is left out where another one listens */
  function listen(hostname: string, optional: boolean): Listener | undefined {
    try {
      return front(handler, { hostname, port, sharing, bridge, clock: () => Date.now(), onError });
    } catch (error) {
      if (optional && isAbsentAddress(error)) return undefined;
      throw error;
    }
  }

  async function stop(grace: number): Promise<number> {
    const drained = Promise.all(servers.map((server) => server.stop(false)));
    const timer = Promise.withResolvers<"late">();
    const timeout = setTimeout(() => timer.resolve("late"), grace);
    const outcome = await Promise.race([drained, timer.promise]);
    clearTimeout(timeout);
    const cut = outcome === "late" ? servers.reduce((sum, server) => sum + server.pendingRequests, 0) : 0;
    if (outcome === "late") for (const server of servers) await server.stop(true);
    // A reader that is stuck must not keep the process.
    await Promise.race([log.flush(), Bun.sleep(LOG_GRACE_MS)]);
    return cut;
  }
}

/** How long what is still to be logged may take at the end. */
const LOG_GRACE_MS = 1000;
