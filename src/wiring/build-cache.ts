import { ignoredQuery } from "../caching/ignored-query.ts";
import type { Place } from "../caching/invalidation.ts";
import type { Clock } from "../caching/moment.ts";
import type { Policy } from "../caching/policy.ts";
import type { Settings } from "../config/settings.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Handler, Incoming } from "../http/exchange.ts";
import type { Outgoing, Send } from "../http/origin.ts";
import type { Limiter } from "../limit/limiter.ts";
import { amending, type Guidance } from "../proxy/amend.ts";
import { destinations, routedDestinations } from "../proxy/ask.ts";
import { background } from "../proxy/background.ts";
import { atOnce, behindInTurn } from "../proxy/behind-in-turn.ts";
import { caching } from "../proxy/cache.ts";
import { CaptureBudget } from "../proxy/capture-budget.ts";
import { collapsing, leadingAlone } from "../proxy/collapse.ts";
import { completing } from "../proxy/complete.ts";
import { delivering } from "../proxy/deliver.ts";
import { askingByContent, type Explain, explaining } from "../proxy/explain.ts";
import { fetchingAnew } from "../proxy/fetch-anew.ts";
import { Flights } from "../proxy/flights.ts";
import { type Forward, forwarding } from "../proxy/forward.ts";
import { forwardingWhole } from "../proxy/forward-whole.ts";
import type { ForwardedTrust } from "../proxy/forwarded-fields.ts";
import { Garbage } from "../proxy/garbage.ts";
import { ignoring } from "../proxy/ignore.ts";
import { keeping } from "../proxy/keep.ts";
import { leadingInTurn } from "../proxy/lead-in-turn.ts";
import { passing } from "../proxy/pass.ts";
import { type TakeIn, takingIn } from "../proxy/take-in.ts";
import { validating } from "../proxy/validate.ts";
import type { Guard } from "../quota/guard.ts";
import { buildStores, type Stores } from "../store/build.ts";
import type { Supposed } from "../store/explanation.ts";
import type { OpenTier } from "../store/tier.ts";
import type { Turns } from "../store/turns.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Crew } from "../workers/crew.ts";
import { fellowWorkers, type Peers } from "../workers/peers.ts";
import { audience, type Spreading, spreading } from "../workers/spreading.ts";
import { buildWays } from "./build-ways.ts";

/** What the cache's path rests on outside the process: the way to the origin, the time, and other workers where there are any. */
export type Surroundings = {
  readonly send: Send;
  readonly clock: () => Instant;
  /** Ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  readonly crew?: Crew | undefined;
  /** Whether the origin is not asked by now; else the settings say. */
  readonly isOffline?: (() => boolean) | undefined;
  /** Answers the method PURGE. */
  readonly purge?: Handler | undefined;
  /** What lies below the memory. */
  readonly tier?: OpenTier | undefined;
  /** The other proxies that have the same tier, where it is one by which they can be told things. */
  readonly proxies?: Peers | undefined;
  /** Where of all proxies one at a time is to ask the origin for the same. */
  readonly turns?: Turns | undefined;
  /** What rules say of the way of requests. */
  readonly guidance?: Guidance | undefined;
  readonly further?: Place["further"] | undefined;
  /** The fields that origins get who are told by us who asks. */
  readonly authorized?: ((outgoing: Outgoing) => Headers) | undefined;
};

/** The cache's path with its store, which clearing and statistics reach too. */
export type Cache = Spreading & {
  readonly handler: Handler;
  /** What it stands in front of. */
  readonly place: Required<Place>;
  /** Whom a GET for a URL, as a client asks for it, is sent to. */
  readonly routeOf: (asked: URL) => URL;
  /** Forwards with what rules set for the origin, past the cache. */
  readonly around: (forward: Forward) => Forward;
  /** Tells what would be done with a request, from what this process sees stored. */
  readonly explain: Explain;
  /** Whether a request is known by its content. */
  readonly asksByContent: (supposed: Supposed) => boolean;
  /** Stores what was answered to somebody else at another time, where that may be stored. */
  readonly takeIn: TakeIn;
  /** The store without its line to the other workers. */
  readonly own: VariedStore;
  /** What of it is this process's alone: what another worker has let go of is to be dropped from this; from below it has gone. */
  readonly near: VariedStore;
  /** Resolves once what was put under a key before lies in the tier below the memory. */
  readonly written: Stores["written"];
  readonly storeErrors: () => number;
  readonly memoryErrors: () => number;
  /** Of the tier below the memory; undefined where there is none. */
  readonly belowStats: Stores["below"];
  /** The way to the origin with its bound, for what goes past the cache. */
  readonly send: Send;
  /** How busy the origin is with requests of ours; undefined where nobody counts. */
  readonly load: Limiter["figures"];
  /** What is known of the origin's quotas; undefined where nobody looks. */
  readonly quotas: Guard["figures"];
};

/** What the cache's path is told of the settings. */
export type CacheSettings = Pick<
  Settings,
  | "origin"
  | "ignoreQuery"
  | "ttl"
  | "maxSize"
  | "maxEntrySize"
  | "offline"
  | "eviction"
  | "timeout"
  | "quota"
  | "maxOriginConnections"
  | "trustForwarded"
> & { readonly kind?: Policy["kind"] };

/** Wires cache → forward, without sockets. */
export function buildCache(
  settings: CacheSettings,
  surroundings: Surroundings,
  onError: (error: unknown) => void,
): Cache {
  const { send, clock, steady, crew, purge, tier, proxies, turns, guidance, further = () => [] } = surroundings;
  const { authorized, isOffline } = surroundings;
  const { origin, timeout, maxSize, eviction } = settings;
  const trust = trustOf(settings);
  const policy = policyOf(settings, isOffline);
  const place = { origin, ignored: ignoredQuery(settings.ignoreQuery), further };

  const moment: Clock = () => ({ wall: clock(), steady: steady() });
  const stores = buildStores({ maxSize, eviction, moment, tier }, onError);
  const { own, near, written } = stores;
  const { store, unconfirmed } = spreading(
    own,
    audience({
      workers: crew && fellowWorkers(crew, onError),
      proxies,
      isAway: tier?.isAway,
      shared: tier === undefined ? "none" : tier.name === "redis" ? "fenced" : "unfenced",
    }),
  );

  const { limiter, guard } = buildWays(settings, { send, clock, steady, authorized });
  const amended = (way: Forward): Forward => (guidance === undefined ? way : amending(way, guidance));
  const forward = amended(forwarding(guard.required, moment, trust));
  const forwardWhole = forwardingWhole(forward);
  const budget = new CaptureBudget(maxSize);
  const garbage = new Garbage({ bound: policy.maxEntrySize / 4, collect: () => Bun.gc(true), monotonic: steady });
  const keep = keeping(store, policy);
  const deliver = delivering({ store, policy, keep, budget, garbage });
  const sparing = amended(forwarding(guard.dispensable, moment, trust));
  const dispensable = { forward: sparing, forwardWhole: forwardingWhole(sparing) };
  const { validate, freshened } = validating({
    ...{ store, policy, clock: moment, forward, forwardWhole, dispensable, deliver },
  });
  const complete = completing({ store, policy, clock: moment, forwardWhole, deliver, budget });
  const fetchAnew = fetchingAnew({ policy, forward, deliver, freshened });
  const destinationOf = guidance === undefined ? destinations(origin, trust) : routedDestinations(guidance, trust);
  const readAt =
    guidance &&
    ((incoming: Incoming) => (url: URL) =>
      destinationOf(guidance.prepare({ ...incoming, url, request: new Request(url.href) })).target());
  const pass = passing(store, forward, deliver, place, readAt);
  const cached = caching({
    ...{
      destinationOf,
      clock: moment,
      policy,
      store,
      fetchAnew,
      validate,
      complete,
      pass,
      purge,
      contentReading: guidance?.contentReading,
    },
    background: background(validate, turns === undefined ? atOnce : behindInTurn(turns, written), onError),
    collapse: collapsing(
      new Flights(steady, timeout),
      store,
      policy,
      moment,
      timeout,
      turns === undefined
        ? leadingAlone
        : leadingInTurn({ turns, store, written, policy, clock: moment, patience: timeout }),
    ),
  });
  const handler: Handler =
    guidance === undefined
      ? cached
      : (incoming) =>
          guidance.isPassed(incoming)
            ? pass(incoming, destinationOf(incoming), "bypass", guidance.passedAs?.(incoming) ?? "rule")
            : cached(incoming);
  const { errors: storeErrors, memoryErrors, below: belowStats } = stores;
  return {
    ...{ handler: ignoring(place.ignored)(handler), place, store, unconfirmed, own, near, written },
    routeOf: (asked) => guidance?.originOf(plainRequest(asked)) ?? origin,
    around: (forward) =>
      guidance === undefined ? forward : amending(forward, { ...guidance, read: (_, came) => came }),
    explain: explaining({ store: own, policy, ...place }, destinationOf, moment, guidance?.prepare),
    asksByContent: guidance === undefined ? () => false : askingByContent(guidance),
    takeIn: takingIn({ store, policy, keep, clock: moment }),
    ...{ storeErrors, memoryErrors, belowStats, quotas: guard.figures },
    ...{ send: limiter.required, load: limiter.figures },
  };
}

/** A request that says nothing but its URL. */
function plainRequest(url: URL): Incoming {
  return { request: new Request(url.href), url, headers: new Headers(), client: () => "" };
}

/** What the rules need to know of the settings. */
export function policyOf(
  { ttl, maxEntrySize, offline, kind }: Pick<CacheSettings, "ttl" | "maxEntrySize" | "offline" | "kind">,
  isOffline = () => offline,
): Policy {
  // Read only where what is stored has become stale.
  const neverAsks = { get: isOffline, enumerable: true };
  return Object.defineProperties({ defaultTtl: ttl, maxEntrySize, ...(kind && { kind }) }, { neverAsks });
}

/** Whether the X-Forwarded-* fields that clients send are kept. */
export function trustOf(settings: Pick<Settings, "trustForwarded">): ForwardedTrust {
  return settings.trustForwarded ? "trusted" : "untrusted";
}
