import { after } from "../http/at-once.ts";
import { annotate, type CacheStatus } from "../http/cache-status.ts";
import type { Handler } from "../http/exchange.ts";
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
        after(next(incoming), (reply) => {
          const { headers, body } = reply.response;
          if (!isWithoutBody(status) || body === null) return { ...reply, response: { status, headers, body } };
          if (body instanceof ReadableStream) void body.cancel();
          return { ...reply, response: { status, headers, body: null } };
        });
};

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
