import { after } from "../http/at-once.ts";
import type { Incoming, Layer, Reply } from "../http/exchange.ts";
import { problemResponse } from "../http/problem.ts";
import { rememberedWith } from "../http/remembered.ts";
import { DEFAULT_LANE, type IsSite, LANE_FIELD, laneOfHost, namedLane } from "./name.ts";

/** Refuses requests that name a lane that cannot be one. */
export function refusingBadNames(isSite: IsSite): Layer {
  return (next) => (incoming) => {
    const named = namedLane(incoming, isSite);
    if (named.type === "lane") return next(incoming);
    return { response: problemResponse({ status: 400, title: "No name of a lane", detail: named.why }) };
  };
}

/**
 * Hands requests on as if they were in no lane, so that all lanes share what is stored: the origin is told neither the field nor the
 * lane's host. Where that makes it name us, the client is led back into its lane.
 */
export function sharingOneName(isSite: IsSite): Layer {
  return (next) => (incoming) => {
    const shared = withoutLane(incoming, isSite);
    if (shared.url === incoming.url) return next(shared);
    return after(next(shared), (reply) => inLane(reply, shared.url.origin, incoming.url.origin));
  };
}

/** A request without what it says of its lane. */
export function withoutLane(incoming: Incoming, isSite: IsSite): Incoming {
  const named = laneOfHost(incoming.url, isSite);
  const isNamed = named.type === "lane" && named.name !== DEFAULT_LANE;
  const url = isNamed ? sharedUrl(incoming.url) : incoming.url;
  if (!incoming.headers.has(LANE_FIELD)) return url === incoming.url ? incoming : { ...incoming, url };
  const headers = new Headers(incoming.headers);
  headers.delete(LANE_FIELD);
  return { ...incoming, url, headers };
}

/** The same URL by the name that all lanes share. */
const sharedUrl = rememberedWith((url: URL): URL => {
  const shared = new URL(url);
  shared.hostname = "localhost";
  return shared;
});

function inLane(reply: Reply, shared: string, own: string): Reply {
  const location = reply.response.headers.get("location");
  if (location === null || !(location === shared || location.startsWith(`${shared}/`))) return reply;
  const headers = new Headers(reply.response.headers);
  headers.set("location", own + location.slice(shared.length));
  const { status, body } = reply.response;
  return { ...reply, response: { status, headers, body } };
}
