import { after } from "../http/at-once.ts";
import type { Incoming, Layer, Reply } from "../http/exchange.ts";
import { problemResponse } from "../http/problem.ts";
import { rememberedWith } from "../http/remembered.ts";
import { LANE_FIELD, namedLane } from "./name.ts";

/** Refuses requests that name a lane that cannot be one. */
export const refusingBadNames: Layer = (next) => (incoming) => {
  const named = namedLane(incoming);
  if (named.type === "lane") return next(incoming);
  return { response: problemResponse({ status: 400, title: "No name of a lane", detail: named.why }) };
};

/**
 * Hands requests on as if they were in no lane, so that all lanes share what is stored: the origin is told neither the field nor the
 * lane's host. Where that makes it name us, the client is led back into its lane.
 */
export const sharingOneName: Layer = (next) => (incoming) => {
  const shared = withoutLane(incoming);
  if (shared.url === incoming.url) return next(shared);
  return after(next(shared), (reply) => inLane(reply, shared.url.origin, incoming.url.origin));
};

/** A request without what it says of its lane. */
export function withoutLane(incoming: Incoming): Incoming {
  const url = sharedUrl(incoming.url);
  if (!incoming.headers.has(LANE_FIELD)) return url === incoming.url ? incoming : { ...incoming, url };
  const headers = new Headers(incoming.headers);
  headers.delete(LANE_FIELD);
  return { ...incoming, url, headers };
}

/** The same URL by the name that all lanes share: the same object where it has no other. */
const sharedUrl = rememberedWith((url: URL): URL => {
  if (!url.hostname.endsWith(".localhost") || namedLane({ url, headers: NO_FIELDS }).type !== "lane") return url;
  if (url.hostname.split(".").length !== 2) return url;
  const shared = new URL(url);
  shared.hostname = "localhost";
  return shared;
});

const NO_FIELDS = new Headers();

function inLane(reply: Reply, shared: string, own: string): Reply {
  const location = reply.response.headers.get("location");
  if (location === null || !(location === shared || location.startsWith(`${shared}/`))) return reply;
  const headers = new Headers(reply.response.headers);
  headers.set("location", own + location.slice(shared.length));
  const { status, body } = reply.response;
  return { ...reply, response: { status, headers, body } };
}
