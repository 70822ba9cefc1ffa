import { annotate, type CacheStatus } from "../http/cache-status.ts";
import type { Incoming, Reply } from "../http/exchange.ts";
import { problemResponse } from "../http/problem.ts";
import { broken, cutShort } from "./broken-body.ts";
import type { Effect } from "./effect.ts";
import type { Found } from "./matched.ts";
import type { Fault } from "./rule.ts";
import type { World } from "./world.ts";

/** Breaks so many of the requests as the rule says. */
export const failing: Effect = (matched, world) => {
  const found = matched.first("fault");
  if (found === undefined) return undefined;
  const { rate } = found.value;
  return (next) => (incoming) => {
    if (world.random(incoming) >= rate) return next(incoming);
    world.counts.took(matched, "fault");
    return broke(found, incoming, world, () => next(incoming));
  };
};

async function broke(
  { value: fault, place }: Found<Fault>,
  incoming: Incoming,
  world: World,
  answer: () => Reply | Promise<Reply>,
): Promise<Reply> {
  const { request } = incoming;
  switch (fault.type) {
    case "status":
      return failed(fault, place);
    case "reset":
      // The answer to HEAD has no body that could break.
      if (request.method !== "HEAD") return unanswered(fault.type, broken());
      world.abandon(request);
      await left(request.signal);
      return unanswered(fault.type, null);
    case "empty":
      world.abandon(request);
      await left(request.signal);
      return unanswered(fault.type, null);
    case "timeout":
      await left(request.signal);
      return unanswered(fault.type, null);
    case "truncated": {
      const reply = await answer();
      const { status, headers, body } = reply.response;
      if (body === null) return reply;
      const length = Number(headers.get("content-length") ?? Number.NaN);
      const cut = cutShort(
        body,
        Number.isNaN(length) ? undefined : Math.floor(length / 2),
        world.pause,
        request.signal,
      );
      return { ...reply, response: { status, headers: without(headers, "content-length"), body: cut } };
    }
    case "malformed": {
      const reply = await answer();
      const { status, headers, body } = reply.response;
      if (body === null) return reply;
      if (body instanceof ReadableStream) await body.cancel();
      const fields = without(headers, "content-length");
      fields.set("content-encoding", "gzip");
      return { ...reply, response: { status, headers: fields, body: garbage(() => world.random(incoming)) } };
    }
  }
}

function failed({ status, retryAfter }: Fault, place: string): Reply {
  const detail = `${place} answers so; no origin was asked.`;
  const response = problemResponse({ status, title: "Fault by a rule", detail });
  if (retryAfter !== undefined) response.headers.set("retry-after", String(Math.ceil(retryAfter / 1000)));
  const cacheStatus: CacheStatus = { type: "none", detail: "fault-status" };
  annotate(response.headers, cacheStatus);
  return { response, cacheStatus };
}

/** For the log alone: the client sees none of it. */
function unanswered(type: "reset" | "empty" | "timeout", body: ReadableStream<Uint8Array> | null): Reply {
  const cacheStatus: CacheStatus = { type: "none", detail: `fault-${type}` };
  return { response: { status: 502, headers: new Headers({ "content-type": "text/plain" }), body }, cacheStatus };
}

function left(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function without(headers: Headers, name: string): Headers {
  const copy = new Headers(headers);
  copy.delete(name);
  return copy;
}

const GARBAGE_BYTES = 256;

/** Bytes that are of no content coding. */
function garbage(random: () => number): Blob {
  const bytes = Uint8Array.from({ length: GARBAGE_BYTES }, () => Math.floor(random() * 256));
  // The first byte of gzip is another one (RFC 1952 §2.3.1).
  bytes[0] = 0;
  return new Blob([bytes]);
}
