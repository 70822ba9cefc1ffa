import { bypassReason } from "../caching/bypass.ts";
import { lifetimeDetail } from "../caching/freshness.ts";
import { shownKey } from "../caching/key.ts";
import type { Clock, Moment } from "../caching/moment.ts";
import type { Policy } from "../caching/policy.ts";
import { type Reuse, reuse } from "../caching/reuse.ts";
import type { StoredResponse } from "../caching/stored.ts";
import { after } from "../http/at-once.ts";
import { annotate, type CacheStatus } from "../http/cache-status.ts";
import { type Content, readContent } from "../http/content.ts";
import type { Handler, Incoming, Reply } from "../http/exchange.ts";
import { isCacheable } from "../http/method.ts";
import { problemResponse } from "../http/problem.ts";
import type { VariedStore } from "../store/varied.ts";
import { type Ask, ask, askQuery, type Destination } from "./ask.ts";
import type { Background } from "./background.ts";
import type { Collapse } from "./collapse.ts";
import type { Complete } from "./complete.ts";
import { failureReply } from "./failure.ts";
import { type FetchAnew, fetchedInVain } from "./fetch-anew.ts";
import type { Pass } from "./pass.ts";
import { respond } from "./respond.ts";
import { validatedInVain } from "./stand-in.ts";
import type { Validate } from "./validate.ts";

/** The steps that the cache's path consists of, and what it rests on. */
export type CacheParts = {
  /** As configured, with its base path. */
  readonly origin: URL;
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
};

/** The request's path: key → what is stored → what may be done with it → do it. */
export function caching(parts: CacheParts): Handler {
  const {
    origin,
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
  } = parts;

  return (incoming) => {
    const { method } = incoming.request;
    const to = destinationOf(incoming);
    if (!isCacheable(method)) {
      return method === "PURGE" && purge !== undefined ? purge(incoming) : pass(incoming, to, "method");
    }
    const bypass = bypassReason(incoming.headers, to.key);
    if (bypass !== undefined) return pass(incoming, to, "bypass", bypass);
    return method === "QUERY" ? query(incoming, to) : answer(ask(incoming, method, to));
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

  /** A QUERY is known by its content, which therefore has to be read first. */
  async function query(incoming: Incoming, to: Destination): Promise<Reply> {
    const { body } = incoming.request;
    const content = body === null ? NO_CONTENT : await readContent(body, MAX_QUERY_BYTES);
    switch (content.type) {
      case "whole":
        return answer(askQuery(incoming, content.bytes, to));
      case "too-large":
        return pass({ ...incoming, content: content.body }, to, "bypass", "query-too-large");
      case "broken":
        return failureReply({ type: "aborted" }, "bypass", origin.origin);
    }
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
          ...{ fwd: decision.fwd, extent: "as-asked", variants },
          fetch: (by) => fetchAnew(asked, decision.fwd, variants, by),
          inVain: (why) => fetchedInVain(asked, decision.fwd, why),
        });
      case "gateway-timeout":
        return notStored(asked);
    }
  }
}

/** The content of a QUERY is read and held up to this size; beyond it nothing is stored. */
const MAX_QUERY_BYTES = 64 * 1024;

const NO_CONTENT: Content = { type: "whole", bytes: new Uint8Array(0) };

function hit({ stored, ttl }: Extract<Reuse, { type: "fresh" | "stale" }>): CacheStatus {
  const base = { type: "hit", ttl, key: shownKey(stored.key), tier: stored.readFrom ?? "memory" } as const;
  const detail = lifetimeDetail(stored.reading.lifetime);
  return detail === undefined ? base : { ...base, detail };
}

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
