import type { Settings } from "./config/settings.ts";
import type { Lanes } from "./lanes/lanes.ts";
import { namespaceOf } from "./store/namespace.ts";
import { openTier } from "./store/open-tier.ts";
import { policyOf } from "./wiring/build-cache.ts";
import type { FixturesBuilt } from "./wiring/build-fixtures.ts";
import { buildFront, type Front } from "./wiring/build-front.ts";
import { within } from "./wiring/build-listeners.ts";
import { buildLog } from "./wiring/build-log.ts";
import { type BuiltProxy, buildProxy } from "./wiring/build-proxy.ts";
import type { Ruling } from "./wiring/build-rules.ts";
import { loadDevLoop } from "./wiring/load-dev-loop.ts";
import { loadOrigins } from "./wiring/load-origins.ts";
import { proxiesOf } from "./wiring/load-proxies.ts";
import { ownClock } from "./wiring/own-clock.ts";
import type { Crew } from "./workers/crew.ts";

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

/** A proxy that is ready to answer. */
export type OpenProxy = BuiltProxy &
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
  // What is open already when something else cannot be opened is closed again.
  await using opening = new AsyncDisposableStack();
  const log = await buildLog(settings, crew, onError);
  opening.defer(() => log.flush());
  const namespace = namespaceOf(settings.origin);
  const tier =
    settings.store &&
    (await openTier(settings.store, { clock: ownClock, policy: policyOf(settings), namespace, report: onError }));
  if (tier !== undefined) opening.use(tier.store);
  const proxies = await proxiesOf(settings, namespace, () => tier?.isAway?.() === true, onError);
  if (proxies !== undefined) opening.use(proxies);
  let listeners: Front | undefined;
  const abandon = (request: Request) => leave(request) || listeners?.abandon(request);
  const loop = await loadDevLoop(settings, crew, abandon, onError);
  opening.defer(() => loop.fixtures?.close());
  const origins = await loadOrigins(settings, onError);
  if (origins !== undefined) opening.use(origins);
  const proxy = await buildProxy(settings, onError, log, crew, tier, proxies, loop, origins);
  await proxy.attend();
  opening.move();
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
