import { responseKey, shownKey } from "../caching/key.ts";
import { type Reuse, reuse } from "../caching/reuse.ts";
import { annotate, type CacheStatus, type ForwardReason } from "../http/cache-status.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Reply } from "../http/exchange.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Ask } from "./ask.ts";
import type { Departure, Flights, Landing } from "./flights.ts";
import { respond } from "./respond.ts";

/** For whom the origin is asked. `signal` ends it. */
export type Fetching =
  /** For a client that waits, and by `departure`, where there is one, for others that do. */
  | { readonly type: "awaited"; readonly signal: AbortSignal; readonly departure: Departure | undefined }
  /** Behind an answer that was already given. */
  | { readonly type: "behind"; readonly signal: AbortSignal; readonly departure: undefined };

/** Asks the origin, unless somebody does already whose answer will do. */
export type Collapse = (ask: Ask, fwd: ForwardReason, fetch: (by: Fetching) => Promise<Reply>) => Promise<Reply>;

/**
 * One request to the origin for all who ask for the same at the same time. Who cannot use its answer asks for itself, without a queue.
 * @param patience how long anyone waits for what another has asked for
 */
export function collapsing(
  flights: Flights,
  store: VariedStore,
  clock: () => Instant,
  patience: Milliseconds,
): Collapse {
  return async (ask, fwd, fetch) => {
    const client = ask.incoming.request.signal;
    const alone: Fetching = { type: "awaited", signal: client, departure: undefined };
    if (!mayShare(ask) || flights.isAlone(ask)) return fetch(alone);
    const flight = flights.find(ask);
    if (flight !== undefined) {
      flight.join(client);
      const landing = await Promise.race([flight.landing, Bun.sleep(patience).then(() => LATE)]);
      return (await follow(ask, fwd, landing)) ?? fetch(alone);
    }
    const departure = flights.depart(ask, client);
    try {
      return await present(client, await fetch({ type: "awaited", signal: departure.signal, departure }));
    } finally {
      // Without effect where it has landed.
      departure.land({ type: "failed" });
    }
  };

  /** The answer that another's request brought, where the rules let it answer this one too. */
  async function follow(ask: Ask, fwd: ForwardReason, landing: Landing): Promise<Reply | undefined> {
    const now = clock();
    switch (landing.type) {
      case "own":
      case "failed":
        return undefined;
      case "stored": {
        const decision = reuse(ask, await store.find(ask), now);
        if (decision.type !== "fresh") return undefined;
        return respond(ask, decision, collapsed(decision, fwd), now);
      }
      case "arriving": {
        const { stored, body } = landing;
        // The order of its parameters may matter to No-Vary-Search where it does not to us.
        if (responseKey(ask, stored.headers) !== stored.key) return undefined;
        const decision = reuse(ask, [stored], now);
        const mayJoin = body.isJoinable(patience) && store.admits(stored) && !ask.incoming.request.signal.aborted;
        if (decision.type !== "fresh" || !mayJoin) return undefined;
        const cacheStatus = collapsed(decision, fwd);
        const headers = new Headers(stored.headers);
        headers.set("age", String(decision.age));
        annotate(headers, cacheStatus);
        return { response: new Response(body.read(), { status: stored.reading.status, headers }), cacheStatus };
      }
    }
  }
}

const LATE: Landing = { type: "failed" };

/** Whether one answer may do for this request and others: it wants the whole, for nobody in particular, from wherever. */
function mayShare({ method, headers, directives, personal }: Ask): boolean {
  if (method !== "GET" || directives.noCache || directives.noStore) return false;
  if (headers.has("range") || headers.has("if-none-match") || headers.has("if-modified-since")) return false;
  return !personal();
}

function collapsed({ stored, ttl }: Extract<Reuse, { type: "fresh" }>, fwd: ForwardReason): CacheStatus {
  return { type: "collapsed", fwd, ttl, key: shownKey(stored.key) };
}

/** A leader that has left reads nothing: others must not wait for it to. */
async function present(client: AbortSignal, reply: Reply): Promise<Reply> {
  if (client.aborted) await reply.response.body?.cancel();
  return reply;
}
