import type { Clock } from "../caching/moment.ts";
import type { Received } from "../caching/stored.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Incoming } from "../http/exchange.ts";
import type { Answer, Arriving, Framing, Leaving, OriginFailure, Send } from "../http/origin.ts";
import type { Destination } from "./ask.ts";
import { type ForwardedTrust, forwardedFields, isLoop } from "./forwarded-fields.ts";

/** What came of a request that was sent on. */
export type Forwarded =
  | {
      readonly type: "response";
      readonly received: Received;
      readonly response: Arriving;
      readonly framing: Framing;
      readonly inTime?: Extract<Answer, { type: "response" }>["inTime"];
      /** How long the origin took to send its header section. */
      readonly originMs: Milliseconds;
    }
  | { readonly type: "failed"; readonly failure: OriginFailure };

/** A full response of the origin. */
export type FullResponse = Extract<Forwarded, { type: "response" }>;

/** What to change in the fields that are sent on, e.g. to make the request conditional. */
export type Rewrite = (headers: Headers) => void;

/**
 * Sends a request on to the origin.
 * @param signal ends the exchange, also while the body streams
 */
export type Forward = (incoming: Incoming, to: Destination, rewrite: Rewrite, signal: Leaving) => Promise<Forwarded>;

/** The client's own fields, unchanged. */
export const AS_ASKED: Rewrite = () => undefined;

/** Forwards over a wire and notes the times on which ages rest (RFC 9111 §4.2.3). */
export function forwarding(send: Send, clock: Clock, trust: ForwardedTrust): Forward {
  return async (incoming, to, rewrite, signal) => {
    const { request } = incoming;
    if (isLoop(incoming.headers)) return { type: "failed", failure: { type: "loop" } };
    const headers = forwardedFields(incoming, to.publicOrigin, trust);
    rewrite(headers);
    let sent = clock();
    const answer = await send({
      method: request.method,
      url: to.target(),
      headers,
      body: incoming.content ?? request.body,
      signal,
      departs() {
        sent = clock();
      },
    });
    if (answer.type === "failed") return answer;
    const { response, framing, inTime } = answer;
    const came = clock();
    const received: Received = {
      status: response.status,
      headers: answer.headers,
      requestTime: sent.wall,
      responseTime: came.wall,
      sentAt: sent.steady,
      arrivedAt: came.steady,
    };
    return { type: "response", received, response, framing, inTime, originMs: came.steady - sent.steady };
  };
}
