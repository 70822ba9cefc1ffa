import { bypassReason } from "../caching/bypass.ts";
import { lifetimeDetail } from "../caching/freshness.ts";
import { shownKey } from "../caching/key.ts";
import type { ContentReading } from "../caching/keyed-content.ts";
import type { Clock, Moment } from "../caching/moment.ts";
import type { Policy } from "../caching/policy.ts";
import { type Reuse, reuse } from "../caching/reuse.ts";
import type { StoredResponse } from "../caching/stored.ts";
import { after } from "../http/at-once.ts";
import { annotate, type CacheStatus } from "../http/cache-status.ts";
import type { Handler, Incoming, Reply } from "../http/exchange.ts";
import { isCacheable } from "../http/method.ts";
import { problemResponse } from "../http/problem.ts";
import type { VariedStore } from "../store/varied.ts";
import { type Ask, ask, type Destination } from "./ask.ts";
import type { Background } from "./background.ts";
import type { Collapse } from "./collapse.ts";
import type { Complete } from "./complete.ts";
import { type FetchAnew, fetchedInVain } from "./fetch-anew.ts";
import type { Pass } from "./pass.ts";
import { isForOrigin, querying } from "./query.ts";
import { respond } from "./respond.ts";
import { validatedInVain } from "./stand-in.ts";
import type { Validate } from "./validate.ts";

/** The steps that the cache's path consists of, and what it rests on. */
export type CacheParts = {
  readonly destinationOf: (incoming: Incoming) => Destination;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly store: VariedStore;
  readonly fetchAnew: FetchAnew;
  readonly validate: Validate;
  readonly complete: Complete;
  readonly background: Background;
  readonly collapse: Collapse;
  readonly pass: Pass;
  /** Answers PURGE, which no origin is to see; undefined where nobody takes it. */
  readonly purge: Handler | undefined;
  /** What a rule says of how the content of a POST or QUERY is part of what it asks for. */
  readonly contentReading?: ((incoming: Incoming) => ContentReading | undefined) | undefined;
};

/** The request's path: key → what is stored → what may be done with it → do it. */
export function caching(parts: CacheParts): Handler {
  const {
    destinationOf,
    clock,
    policy,
    store,
    fetchAnew,
    validate,
    complete,
    background,
    collapse,
    pass,
    purge,
    contentReading = () => undefined,
  } = parts;
  const query = querying({ answer, pass });

  return (incoming) => {
    const { method } = incoming.request;
    const to = destinationOf(incoming);
    if (!isCacheable(method)) {
      if (method === "PURGE" && purge !== undefined) return purge(incoming);
      const how = method === "POST" && mayAsk(incoming, to) ? contentReading(incoming) : undefined;
      return how === undefined ? pass(incoming, to, "method") : query(incoming, "POST", to, how);
    }
    const bypass = bypassReason(incoming.headers, to.key);
    if (bypass !== undefined) return pass(incoming, to, "bypass", bypass);
    return method === "QUERY"
      ? query(incoming, method, to, contentReading(incoming))
      : answer(ask(incoming, method, to));
  };

  function answer(asked: Ask): Reply | Promise<Reply> {
    const now = clock();
    let decided: { readonly variants: readonly StoredResponse[]; readonly decision: Reuse } | undefined;
    const decide = (variants: readonly StoredResponse[]): Reuse => {
      // What suffices for a store of several tiers is what it then gives: nothing is decided twice.
      if (decided?.variants !== variants) decided = { variants, decision: reuse(asked, variants, now, policy) };
      return decided.decision;
    };
    const found = store.find(asked, (variants) => decide(variants).type === "fresh");
    return after(found, (variants) => act(asked, decide(variants), variants, now));
  }

  function act(asked: Ask, decision: Reuse, variants: readonly StoredResponse[], now: Moment): Reply | Promise<Reply> {
    switch (decision.type) {
      case "fresh":
        return respond(asked, decision, hit(decision), now.wall);
      case "stale":
        if (decision.revalidate) background(asked, decision.stored);
        return respond(asked, decision, hit(decision), now.wall);
      case "validate":
        return collapse(asked, {
          ...{ fwd: decision.fwd, extent: "as-asked", variants },
          fetch: (by) => validate(asked, decision, by),
          inVain: (why) => validatedInVain(asked, decision, why, clock()),
        });
      case "complete":
        return collapse(asked, {
          ...{ fwd: "partial", extent: "whole", variants },
          fetch: (by) => complete(asked, decision, by),
          inVain: (why) => fetchedInVain(asked, "partial", why),
        });
      case "forward":
        return collapse(asked, {
          fwd: decision.fwd,
          extent: "as-asked",
          variants,
          fetch: (by) => fetchAnew(asked, decision.fwd, variants, by),
          inVain: (why) => fetchedInVain(asked, decision.fwd, why),
        });
      case "gateway-timeout":
        return notStored(asked);
    }
  }
}

/** Whether a POST can be a query, if a rule says so. */
function mayAsk({ headers }: Incoming, { key }: Destination): boolean {
  return bypassReason(headers, key) === undefined && !isForOrigin(headers);
}

/** What a hit says: that of the hit before it where as many seconds are left, so that those who tell of it see that they have told it. */
function hit({ stored, ttl }: Extract<Reuse, { type: "fresh" | "stale" }>): Hit {
  const last = lastHits.get(stored);
  if (last?.ttl === ttl) return last;
  const base = { type: "hit", ttl, key: shownKey(stored.key), tier: stored.readFrom ?? "memory" } as const;
  const detail = lifetimeDetail(stored.reading.lifetime);
  const made = detail === undefined ? base : { ...base, detail };
  lastHits.set(stored, made);
  return made;
}

type Hit = Extract<CacheStatus, { type: "hit" }>;

const lastHits = new WeakMap<StoredResponse, Hit>();

/** RFC 9111 §5.2.1.7: the client wants what is stored or nothing. */
function notStored(asked: Ask): Reply {
  const cacheStatus: CacheStatus = { type: "none", key: shownKey(asked.key), detail: "only-if-cached" };
  const response = problemResponse({
    status: 504,
    title: "Not in the cache",
    detail: "The request says only-if-cached, and nothing that is stored may answer it.",
  });
  annotate(response.headers, cacheStatus);
  return { response, cacheStatus };
}
