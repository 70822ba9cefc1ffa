import type { Milliseconds } from "../http/date.ts";
import type { Trust } from "./admin-client.ts";
import { textAt } from "./json-shape.ts";
import type { Address } from "./warm-address.ts";
import type { Answer } from "./warm-answer.ts";

/** The fields of a request, by name. */
export type Fields = Readonly<Record<string, string>>;

/** What is asked for once: an address by the fields of one variant. */
export type Visit = { readonly address: Address; readonly fields: Fields };

/** Takes content piece by piece, each answer's with a sink of its own, which gives false where it wants no more. */
export type OpenSink = () => (chunk: Uint8Array) => boolean;

/** Asks the proxy once and reads the answer to its end; never rejects. */
export type Ask = (visit: Visit, open: OpenSink) => Promise<Answer>;

/** What nobody keeps. */
export const DROPPED: OpenSink = () => () => true;

/**
 * Asks the proxy at its own address, whatever a URL said, and follows nothing.
 * @param base where the proxy listens, e.g. `http://127.0.0.1:3000`
 * @param patience how long nothing may come
 */
export function asking(base: string, patience: Milliseconds, stop: AbortSignal, trust: Trust = {}): Ask {
  return async ({ address, fields }, open) => {
    const idle = new AbortController();
    const timer = setTimeout(() => idle.abort(), patience);
    try {
      const response = await fetch(base + address.path, {
        headers: { ...fields, Host: address.authority },
        // Neither a redirect nor a proxy of the environment leads elsewhere.
        redirect: "manual",
        decompress: false,
        proxy: false,
        ...trust,
        signal: AbortSignal.any([stop, idle.signal]),
      });
      const sink = open();
      let bytes = 0;
      for await (const chunk of response.body ?? []) {
        timer.refresh();
        bytes += chunk.byteLength;
        if (!sink(chunk)) return { type: "broken", reason: "larger than anything of its kind" };
      }
      const { status, headers } = response;
      return {
        type: "answered",
        status,
        cacheStatus: headers.get("cache-status"),
        retryAfter: headers.get("retry-after"),
        bytes,
      };
    } catch (error) {
      if (stop.aborted) return { type: "stopped" };
      if (idle.signal.aborted) return { type: "broken", reason: `nothing came for ${patience / 1000} s` };
      const code = textAt(error, "code");
      if (code === "ConnectionRefused" || code === "ECONNREFUSED") return { type: "gone" };
      return { type: "broken", reason: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  };
}
