import { after } from "../http/at-once.ts";
import { annotate, type CacheStatus } from "../http/cache-status.ts";
import type { Handler, Incoming } from "../http/exchange.ts";
import { isCacheable } from "../http/method.ts";
import { isWithoutBody } from "../http/status.ts";
import type { Effect } from "./effect.ts";
import type { OwnBody } from "./rule.ts";

/** Answers by itself where a rule has a body, and replaces the status of what comes where it has one. */
export const replacing: Effect = (matched) => {
  const status = matched.first("response.status")?.value;
  const body = matched.first("response.body")?.value;
  if (body !== undefined) return () => answering(body, status ?? 200);
  return status === undefined
    ? undefined
    : (next) => (incoming) =>
        after(next(asForWhole(incoming)), (reply) => {
          const { headers, body } = reply.response;
          if (!isWithoutBody(status) || body === null) return { ...reply, response: { status, headers, body } };
          if (body instanceof ReadableStream) void body.cancel();
          return { ...reply, response: { status, headers, body: null } };
        });
};

const CONDITIONS = ["if-none-match", "if-modified-since", "if-range", "range"];

/** Conditions and ranges are for a 200 alone (RFC 9110 §13.2.1, §14.2): an answer with another status is whole. Of other methods the origin decides. */
function asForWhole(incoming: Incoming): Incoming {
  const { request, headers } = incoming;
  if (!isCacheable(request.method) || !CONDITIONS.some((name) => headers.has(name))) return incoming;
  const unconditional = new Headers(headers);
  for (const name of CONDITIONS) unconditional.delete(name);
  return { ...incoming, headers: unconditional };
}

function answering({ text, type }: OwnBody, status: number): Handler {
  const bytes = new Blob([text]);
  return ({ request }) => {
    const headers = new Headers({ "content-type": type, "content-length": String(bytes.size) });
    const cacheStatus: CacheStatus = { type: "none", detail: "rule" };
    annotate(headers, cacheStatus);
    const body = request.method === "HEAD" || isWithoutBody(status) ? null : bytes;
    return { response: { status, headers, body }, cacheStatus };
  };
}
