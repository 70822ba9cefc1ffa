import { after } from "../http/at-once.ts";
import type { Incoming, Layer, Reply } from "../http/exchange.ts";
import type { Matched } from "./matched.ts";
import type { World } from "./world.ts";

/** What a property does with requests and answers, where a request has it; undefined where it has not. */
export type Effect = (matched: Matched, world: World) => Layer | undefined;

/** What a property makes of a request before the cache looks at it; undefined where a request has it not. */
export type RequestChange = (matched: Matched) => ((incoming: Incoming) => Incoming) | undefined;

/** A change of requests as an effect. */
export function onRequests(change: RequestChange): Effect {
  return (matched) => {
    const changed = change(matched);
    return changed === undefined ? undefined : (next) => (incoming) => next(changed(incoming));
  };
}

/** A layer that does something with each answer's fields, on a copy: they may be shared. */
export function onFields(change: (headers: Headers, incoming: Incoming) => void): Layer {
  return (next) => (incoming) =>
    after(next(incoming), (reply) => {
      const headers = new Headers(reply.response.headers);
      change(headers, incoming);
      return withFields(reply, headers);
    });
}

function withFields(reply: Reply, headers: Headers): Reply {
  const { status, body } = reply.response;
  return { ...reply, response: { status, headers, body } };
}
