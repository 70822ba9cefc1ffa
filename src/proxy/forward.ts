import type { Received } from "../caching/stored.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Incoming } from "../http/exchange.ts";
import type { Framing, OriginFailure, Send } from "../http/origin.ts";
import type { Destination } from "./ask.ts";
import { type ForwardedTrust, forwardedFields, isLoop } from "./forwarded-fields.ts";

/** What came of a request that was sent on. */
export type Forwarded =
  | {
      readonly type: "response";
      readonly received: Received;
      readonly response: Response;
      readonly framing: Framing;
      /** How long the origin took to send its header section. */
      readonly originMs: Milliseconds;
    }
  | { readonly type: "failed"; readonly failure: OriginFailure };

/** Whether a client waits for the answer and takes the exchange with it when it leaves. */
export type Waiting = "client" | "nobody";

/** What to change in the fields that are sent on, e.g. to make the request conditional. */
export type Rewrite = (headers: Headers) => void;

/** Sends a request on to the origin. */
export type Forward = (incoming: Incoming, to: Destination, rewrite: Rewrite, waiting: Waiting) => Promise<Forwarded>;

/** The client's own fields, unchanged. */
export const AS_ASKED: Rewrite = () => undefined;

/** Forwards over a wire and notes the times on which ages rest (RFC 9111 §4.2.3). */
export function forwarding(send: Send, clock: () => Instant, trust: ForwardedTrust): Forward {
  return async (incoming, to, rewrite, waiting) => {
    const { request } = incoming;
    if (isLoop(incoming.headers)) return { type: "failed", failure: { type: "loop" } };
    const headers = forwardedFields(incoming, to.name, trust);
    rewrite(headers);
    const requestTime = clock();
    const sentAt = performance.now();
    const answer = await send({
      method: request.method,
      url: to.target,
      headers,
      body: request.body,
      ...(waiting === "client" ? { signal: request.signal } : {}),
    });
    if (answer.type === "failed") return answer;
    const { response, framing } = answer;
    const received: Received = {
      status: response.status,
      headers: answer.headers,
      requestTime,
      responseTime: clock(),
      sentAt,
    };
    return { type: "response", received, response, framing, originMs: performance.now() - sentAt };
  };
}
