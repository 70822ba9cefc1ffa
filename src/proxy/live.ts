import type { Keyed } from "../caching/key.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Problem } from "../http/problem.ts";
import { type DetailedEntry, shownFields } from "../store/entry.ts";
import type { Replay } from "../store/replay.ts";
import { type Beginning, MOST_SHOWN, type ShownContent, shownContent } from "../store/shown-content.ts";
import { problemOf } from "./failure.ts";
import { AS_ASKED, type Forward } from "./forward.ts";
import { askedFor, incomingFor, type Wanted } from "./refresh.ts";

/** What the origin answers now. */
export type Live = ShownContent & {
  readonly status: number;
  readonly headers: DetailedEntry["headers"];
  /** Until its header section was there. */
  readonly ms: Milliseconds;
  /** Fields that select what is stored and were not sent, since they are credentials. */
  readonly withheld?: readonly string[];
};

/** Asks the origin past the cache: nothing is stored, dropped or counted. */
export type LookLive = (
  url: Keyed,
  replay: Replay,
  by: Wanted["by"],
) => Promise<{ readonly type: "live"; readonly live: Live } | { readonly type: "failed"; readonly problem: Problem }>;

/** How long content is waited for: what never ends is shown as far as it came. */
const BODY_PATIENCE: Milliseconds = 10_000;

/** @param originOf of whom a URL is asked, with its base path */
export function lookingLive(originOf: (target: URL) => URL, forward: Forward): LookLive {
  return async (url, { method, publicOrigin, fields, withheld }, by) => {
    const origin = originOf(url.target());
    const leaving = new AbortController();
    const leave = (): void => leaving.abort();
    by.signal.addEventListener("abort", leave);
    try {
      const asked = askedFor(url, origin, publicOrigin);
      const incoming = incomingFor(asked, method, fields, { ...by, signal: leaving.signal });
      const forwarded = await forward(incoming, { ...url, origin, publicOrigin }, AS_ASKED, leaving.signal);
      if (forwarded.type === "failed") {
        return { type: "failed", problem: problemOf(forwarded.failure, origin.origin) };
      }
      const { response, received, originMs } = forwarded;
      const beginning = await beginningOf(response.body);
      const content = await shownContent(beginning, received.headers);
      const { status, headers } = received;
      const live = { status, headers: shownFields(headers), ...content, ms: Math.round(originMs * 1000) / 1000 };
      return { type: "live", live: withheld.length === 0 ? live : { ...live, withheld } };
    } finally {
      by.signal.removeEventListener("abort", leave);
      // What was not read is not wanted.
      leave();
    }
  };
}

/** Reads what is shown, and nothing of what is behind it. */
async function beginningOf(body: ReadableStream<Uint8Array> | null): Promise<Beginning> {
  if (body === null) return { bytes: new Uint8Array(0), cut: false };
  const reader = body.getReader();
  const late = Promise.withResolvers<{ readonly done: true; readonly isLate: true }>();
  const timer = setTimeout(() => late.resolve({ done: true, isLate: true }), BODY_PATIENCE);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size <= MOST_SHOWN) {
      const next = await Promise.race([reader.read(), late.promise]);
      if (next.done) return { bytes: Buffer.concat(chunks), cut: "isLate" in next };
      chunks.push(next.value);
      size += next.value.byteLength;
    }
    return { bytes: Buffer.concat(chunks).subarray(0, MOST_SHOWN), cut: true };
  } catch {
    // It broke off: what came is shown, and that there is more.
    return { bytes: Buffer.concat(chunks), cut: true };
  } finally {
    clearTimeout(timer);
  }
}
