import type { AdminOperations } from "../admin/admin.ts";
import type { AskedResource } from "../admin/asked-resource.ts";
import { compareOperation } from "../admin/compare.ts";
import { refreshOperation } from "../admin/refresh.ts";
import { everyPlace } from "../caching/invalidation.ts";
import { cacheKey, type Keyed } from "../caching/key.ts";
import type { Clock } from "../caching/moment.ts";
import { type NamedUrl, namedUrl, originOfUrl } from "../caching/naming.ts";
import { formatCacheStatus } from "../http/cache-status.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Handler, Incoming, ResponseParts } from "../http/exchange.ts";
import { BROKEN_OFF, type Send } from "../http/origin.ts";
import { outcomeOf } from "../observe/record.ts";
import { problemOf } from "../proxy/failure.ts";
import { forwarding } from "../proxy/forward.ts";
import type { ForwardedTrust } from "../proxy/forwarded-fields.ts";
import { lookingLive } from "../proxy/live.ts";
import { type Attempt, askedFor, refreshing, type Wanted } from "../proxy/refresh.ts";
import { shownSelecting } from "../store/entry.ts";
import { viewOf } from "../store/stored-view.ts";
import type { Crew } from "../workers/crew.ts";
import type { Answer } from "../workers/message.ts";
import { fellowWorkers, type Peers } from "../workers/peers.ts";
import { type RefreshedOne, Refreshing, type RefreshQuestion } from "../workers/refreshing.ts";
import { Viewing, type ViewQuestion } from "../workers/viewing.ts";
import type { Cache } from "./build-cache.ts";

/** What asking the origin at somebody's wish rests on. */
export type AskingParts = {
  readonly cache: Pick<Cache, "own" | "written" | "place" | "routeOf" | "around">;
  /** Whether a path is one of our own, for which the origin is never asked. */
  readonly isOwn: (pathname: string) => boolean;
  readonly trust: ForwardedTrust;
  readonly maxEntrySize: number;
  /** The cache's path, with what records who passes it. */
  readonly handler: Handler;
  readonly send: Send;
  readonly clock: Clock;
  readonly crew: Crew | undefined;
  /** The same where each worker has a store of its own; undefined where they share a tier. */
  readonly apart: Crew | undefined;
  /** The other proxies that have the same tier. */
  readonly proxies: Peers | undefined;
  readonly onError: (error: unknown) => void;
};

/** Refreshing and comparing, for whoever wants that and for the other workers. */
export type AskingBuilt = {
  readonly operations: Pick<AdminOperations, "refresh" | "compare">;
  readonly answer: (question: RefreshQuestion | ViewQuestion) => Promise<Answer>;
};

/** How long those are waited for that are to let go of what they have from a tier in their memories. */
const SHARERS_PATIENCE: Milliseconds = 4000;

/** Wires what asks the origin for something that no client asks for. */
export function buildAsking(parts: AskingParts): AskingBuilt {
  const { cache, isOwn, trust, maxEntrySize, handler, send, clock, crew, apart, proxies, onError } = parts;
  const { origin } = cache.place;
  const originOf = (target: URL): URL => originOfUrl(target, cache.place);
  const steady = (): Milliseconds => clock().steady;
  const refresh = refreshing({ originOf, store: cache.own, handler, steady, maxEntrySize });
  const look = lookingLive(originOf, cache.around(forwarding(send, clock, trust)));
  const told = async (attempts: readonly Attempt[]) => Promise.all(attempts.map((each) => toldOf(each, origin)));
  const sharers = [
    ...(crew && apart === undefined ? [fellowWorkers(crew, onError)] : []),
    ...(proxies ? [proxies] : []),
  ];

  const refreshings = new Refreshing(
    {
      async stored(url, question, signal) {
        const { attempts, left } = await refresh.stored(wantedBy(url, question, signal));
        return { refreshed: await told(attempts), left, complete: true };
      },
      plain: async (url, question, signal) => toldOf(await refresh.plain(wantedBy(url, question, signal)), origin),
      async tellSharers(url) {
        if (sharers.length === 0) return;
        // Before that they would take up again from below what was there before.
        await Promise.all(cache.own.keysOf(url).map((key) => cache.written(key)));
        const news = { type: "purge-url", url: url.target().href, how: "hard" } as const;
        await Promise.all(sharers.map((each) => each.tell(news, SHARERS_PATIENCE)));
      },
    },
    apart,
  );
  const viewings = new Viewing(
    ({ url, publicOrigin, headers }) =>
      viewOf(cache.own, { url: keyed(url), publicOrigin, given: fieldsOf(headers) }, clock),
    apart,
  );

  /** The URL of the origin that is meant, and by which name of ours. */
  function named({ url: text }: AskedResource, { url: { origin: publicOrigin } }: Incoming) {
    const found = meant(text, publicOrigin);
    if (found.type === "refused") return found;
    const { pathname } = askedFor(found.url, originOf(found.url.target()), publicOrigin);
    const why = `${pathname} is one of our own paths, for which the origin is never asked`;
    return isOwn(pathname) ? ({ type: "refused", why } as const) : { ...found, publicOrigin };
  }

  /** What a client would be given for what is named, whichever origin that comes from. */
  function meant(text: string, publicOrigin: string): NamedUrl {
    const usual = namedUrl(text, { ...cache.place, publicOrigin });
    const asked = usual.type === "url" ? [askedFor(usual.url, origin, publicOrigin)] : [];
    const places = [
      ...asked.map((url) => ({ ...cache.place, origin: cache.routeOf(url) })),
      ...everyPlace(cache.place),
    ];
    const named = places.map((place) => namedUrl(text, { ...place, publicOrigin }));
    return named.find(({ type }) => type === "url") ?? usual;
  }

  return {
    operations: {
      refresh: refreshOperation(async (asked, incoming) => {
        const found = named(asked, incoming);
        if (found.type === "refused") return found;
        const { publicOrigin, url } = found;
        const question = {
          url: url.target().href,
          publicOrigin,
          headers: [...asked.headers],
          client: incoming.client(),
        };
        return refreshings.all({ type: "refresh", ...question }, incoming.request.signal);
      }),
      compare: compareOperation(async (asked, incoming) => {
        const found = named(asked, incoming);
        if (found.type === "refused") return found;
        const { publicOrigin, url } = found;
        const headers = [...asked.headers];
        const view = await viewings.one({ type: "view", url: url.target().href, publicOrigin, headers });
        const replay = view?.replay ?? { method: "GET", publicOrigin, fields: headers, withheld: [] };
        const seen = await look(url, replay, { client: incoming.client, signal: incoming.request.signal });
        return seen.type === "failed" ? seen : { type: "compared", stored: view?.shown ?? null, live: seen.live };
      }),
    },
    answer: (question) => (question.type === "refresh" ? refreshings.answer(question) : viewings.answer(question)),
  };
}

function wantedBy(url: Keyed, { publicOrigin, headers, client }: RefreshQuestion, signal: AbortSignal): Wanted {
  return { url, publicOrigin, given: fieldsOf(headers), by: { client: () => client, signal } };
}

function fieldsOf(headers: readonly (readonly [name: string, value: string])[]): Headers {
  return new Headers(headers.map(([name, value]): [string, string] => [name, value]));
}

function keyed(href: string): Keyed {
  const url = new URL(href);
  return { target: () => url, key: cacheKey(url) };
}

/** What came of asking for one stored response, as JSON tells it. */
async function toldOf({ publicOrigin, selecting, reply, ms, isWhole }: Attempt, origin: URL): Promise<RefreshedOne> {
  const { response, cacheStatus } = reply;
  const outcome = isWhole ? outcomeOf(cacheStatus) : "error";
  const failure = isWhole ? await failureIn(response, outcome) : problemOf(BROKEN_OFF, origin.origin);
  return {
    ...{ status: isWhole ? response.status : 502, outcome },
    ...{ cacheStatus: cacheStatus === undefined ? "" : formatCacheStatus(cacheStatus) },
    ...{ ms: Math.round(ms * 1000) / 1000, publicOrigin, selecting: shownSelecting(selecting) },
    ...(failure !== undefined && { failure: { title: failure.title, detail: failure.detail } }),
  };
}

/** Why there was no answer of the origin's, as the cache's path tells clients. */
async function failureIn({ headers, body }: ResponseParts, outcome: string): Promise<RefreshedOne["failure"]> {
  if (outcome !== "error" || !(body instanceof Blob)) return undefined;
  if (headers.get("content-type") !== "application/problem+json") return undefined;
  const { title, detail }: Readonly<Record<string, unknown>> = JSON.parse(await body.text());
  return { title: String(title), detail: String(detail) };
}
