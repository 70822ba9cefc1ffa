import { groupsOf } from "../caching/group.ts";
import { responseKey, shownKey } from "../caching/key.ts";
import type { Clock } from "../caching/moment.ts";
import type { Policy } from "../caching/policy.ts";
import { type Reuse, reuse } from "../caching/reuse.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Extent } from "../caching/validation.ts";
import { annotate, type CacheStatus, type ForwardReason } from "../http/cache-status.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { Reply } from "../http/exchange.ts";
import type { Leaving } from "../http/origin.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Ask } from "./ask.ts";
import { type Departure, type Flight, type Flights, type Landing, meetingName, type Vain } from "./flights.ts";
import { respond } from "./respond.ts";

/** For whom the origin is asked. `signal` ends it. */
export type Fetching =
  /** For a client that waits, and by `departure`, where there is one, for others that do. */
  | { readonly type: "awaited"; readonly signal: Leaving; readonly departure: Departure | undefined }
  /** Behind an answer that was already given. */
  | { readonly type: "behind"; readonly signal: Leaving; readonly departure: undefined };

/** What a request that goes to the origin would do there. */
export type Attempt = {
  readonly fwd: ForwardReason;
  /** How much the origin is asked for; where that is the whole, it does for who wants a part, too. */
  readonly extent: Extent;
  /** What is stored under its key, most recent first. */
  readonly variants: readonly StoredResponse[];
  readonly fetch: (by: Fetching) => Promise<Reply>;
  /** The answer to one who waited for a request that was in vain; undefined where it has to ask for itself all the same. */
  readonly inVain: (why: Vain) => Reply | undefined;
};

/** Asks the origin, unless somebody does already whose answer will do. */
export type Collapse = (ask: Ask, attempt: Attempt) => Promise<Reply>;

/** Asks the origin for all who meet under a name in this process. */
export type Lead = (ask: Ask, attempt: Attempt, name: string, departure: Departure) => Promise<Reply>;

/** Nobody but this process is of any concern. */
export const leadingAlone: Lead = (_, { fetch }, __, departure) =>
  fetch({ type: "awaited", signal: departure.signal, departure });

type Arriving = Extract<Landing, { type: "arriving" }>;

/** What came of waiting. */
type Followed =
  | { readonly type: "answered"; readonly reply: Reply }
  /** What came is for others, who are known apart from this one by now: there may be some who ask for the same as this one does. */
  | { readonly type: "again"; readonly name: string }
  | { readonly type: "alone" };

/**
 * One request to the origin for all who ask for the same at the same time. Who cannot use its answer meets those who cannot either and
 * ask for the same as it does, or asks for itself: without a queue.
 * @param patience how long the origin may take, and so how long anyone waits for what another has asked for
 * @param leading how the one asks for whom the others wait
 */
export function collapsing(
  flights: Flights,
  store: VariedStore,
  policy: Policy,
  clock: Clock,
  patience: Milliseconds,
  leading: Lead,
): Collapse {
  return (ask, attempt) => {
    if (!mayShare(ask, attempt)) return alone(ask, attempt);
    const name = meetingName(ask, attempt.variants);
    return isFree(ask, name) ? lead(ask, attempt, name) : join(ask, attempt, name);
  };

  function alone(ask: Ask, attempt: Attempt): Promise<Reply> {
    return attempt.fetch({ type: "awaited", signal: ask.incoming.request.signal, departure: undefined });
  }

  /** Whether nobody asks for it already, whose answer others may have. */
  function isFree(ask: Ask, name: string): boolean {
    return !ask.incoming.request.signal.aborted && !flights.isAlone(name) && flights.find(name) === undefined;
  }

  async function join(ask: Ask, attempt: Attempt, first: string): Promise<Reply> {
    const client = ask.incoming.request.signal;
    let patient: ReturnType<typeof untilLate> | undefined;
    const waitedFor: Flight[] = [];
    let name = first;
    while (!client.aborted && !flights.isAlone(name)) {
      const flight = flights.find(name);
      if (flight === undefined || !admits(ask, flight)) return lead(ask, attempt, name);
      if (waitedFor.includes(flight) || waitedFor.length === MOST_MEETINGS) break;
      waitedFor.push(flight);
      patient ??= untilLate(patience + SLACK_MS);
      flight.join(client);
      const followed = await follow(ask, attempt, name, flight, await patient(flight.landing));
      if (followed.type === "answered") return followed.reply;
      if (followed.type === "alone") break;
      name = followed.name;
    }
    return alone(ask, attempt);
  }

  /** Whether its request was sent after the last change: what it brings is no answer to who asks now, otherwise (RFC 9111 §4.4). */
  function admits({ key }: Ask, { departedAt }: Flight): boolean {
    return store.admits({ key, groups: groupsOf(key, NO_FIELDS), sentAt: departedAt });
  }

  async function lead(ask: Ask, attempt: Attempt, name: string): Promise<Reply> {
    const client = ask.incoming.request.signal;
    const departure = flights.depart(name, client);
    try {
      const reply = await leading(ask, attempt, name, departure);
      if (client.aborted) await dismiss(reply);
      return reply;
    } finally {
      // Without effect where it has landed.
      departure.land({ type: "failed" });
    }
  }

  /** The answer that another's request brought, where the rules let it answer this one too. */
  async function follow(
    ask: Ask,
    { fwd, inVain }: Attempt,
    name: string,
    flight: Flight,
    landing: Landing,
  ): Promise<Followed> {
    const now = clock();
    switch (landing.type) {
      case "own":
      case "failed":
        return ALONE;
      case "unanswered":
      case "refused": {
        const reply = inVain(landing);
        return reply === undefined ? ALONE : { type: "answered", reply };
      }
      case "outdated":
        return { type: "again", name };
      case "stored": {
        const variants = await store.find(ask);
        const decision = reuse(ask, variants, now, policy);
        if (decision.type === "fresh") {
          const reply = respond(ask, decision, collapsed(decision, fwd), now.wall);
          return { type: "answered", reply };
        }
        if (!admits(ask, flight)) return { type: "again", name };
        return isForOthers(decision) ? { type: "again", name: meetingName(ask, variants) } : ALONE;
      }
      case "arriving": {
        const { stored, body } = landing;
        // The order of its parameters may matter to No-Vary-Search where it does not to us.
        if (responseKey(ask, stored.headers) !== stored.key) return ALONE;
        const decision = reuse(ask, [stored], now, policy);
        if (!store.admits(stored)) return { type: "again", name };
        if (isForOthers(decision)) return { type: "again", name: meetingName(ask, [stored]) };
        // Who wants a part waits for no whole of a length that nobody knows.
        if (ask.range !== undefined) return ALONE;
        if (decision.type !== "fresh" || !body.isJoinable(patience) || ask.incoming.request.signal.aborted)
          return ALONE;
        return { type: "answered", reply: joined(landing, decision.age, collapsed(decision, fwd)) };
      }
    }
  }
}

/** How often a request waits for others. */
export const MOST_MEETINGS = 3;

/** A leader that is given up after as long as its followers wait says so a moment later. */
const SLACK_MS: Milliseconds = 1000;

const LATE: Landing = { type: "failed" };
const ALONE: Followed = { type: "alone" };
/** What a response will say of its groups is not known before it comes. */
const NO_FIELDS = new Headers();

/** Waits for several things, one after the other, for so long altogether. */
function untilLate(patience: Milliseconds): (landing: Promise<Landing>) => Promise<Landing> {
  const deadline = performance.now() + patience;
  return async (landing) => {
    const late = Promise.withResolvers<Landing>();
    const timer = setTimeout(() => late.resolve(LATE), deadline - performance.now());
    const landed = await Promise.race([landing, late.promise]);
    clearTimeout(timer);
    return landed;
  };
}

/** Whether the selecting header fields of the request are not those of what came (RFC 9111 §4.1). */
export function isForOthers(decision: Reuse): boolean {
  return decision.type === "forward" && decision.fwd === "vary-miss";
}

/** A body that is still arriving, from its start. */
function joined({ stored, body }: Arriving, age: Seconds, cacheStatus: CacheStatus): Reply {
  const headers = new Headers(stored.headers);
  headers.set("age", String(age));
  if (body.announced !== undefined) headers.set("content-length", String(body.announced));
  annotate(headers, cacheStatus);
  return { response: { status: stored.reading.status, headers, body: body.read() }, cacheStatus };
}

/** Whether one answer may do for this request and others: it wants the whole, for nobody in particular, from wherever. */
function mayShare({ method, headers, directives, range, personal }: Ask, { extent }: Attempt): boolean {
  if (method === "HEAD" || directives.noCache || directives.noStore || directives.maxAge === 0) return false;
  if (extent === "as-asked" && (range !== undefined || headers.has("range"))) return false;
  if (headers.has("if-none-match") || headers.has("if-modified-since")) return false;
  return !personal();
}

/** Answered by what another's request brought. */
export function collapsed({ stored, ttl }: Extract<Reuse, { type: "fresh" }>, fwd: ForwardReason): CacheStatus {
  return { type: "collapsed", fwd, ttl, key: shownKey(stored.key) };
}

/** A leader that has left reads nothing: others must not wait for it to. */
async function dismiss({ response: { body } }: Reply): Promise<void> {
  // Those who wait take their places first, or the body would have no reader left.
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (body instanceof ReadableStream) await body.cancel();
}
