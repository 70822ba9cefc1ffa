import { type Item, isInnerList, parseList } from "structured-headers";
import type { Milliseconds } from "../http/date.ts";
import { retryAfter } from "../http/retry-after.ts";

/** What came of asking the proxy once. */
export type Answer =
  /** The whole of it; `bytes` of content. */
  | {
      readonly type: "answered";
      readonly status: number;
      readonly cacheStatus: string | null;
      readonly retryAfter: string | null;
      readonly bytes: number;
    }
  /** None, or not to its end. */
  | { readonly type: "broken"; readonly reason: string }
  /** Nobody listens where the proxy was. */
  | { readonly type: "gone" }
  | { readonly type: "stopped" };

/** What warming did for a URL. */
export type Outcome =
  /** New, anew, or validated. */
  | { readonly type: "stored" }
  | { readonly type: "already" }
  /** The reason is what Cache-Status gives as `detail`. */
  | { readonly type: "not-storable"; readonly reason: string }
  | { readonly type: "failed"; readonly reason: string };

/** What to do after an answer. */
export type Verdict =
  | { readonly type: "settled"; readonly outcome: Outcome; readonly bytes: number }
  /** The same once more, after a while. */
  | { readonly type: "again"; readonly after: Milliseconds }
  /** The origin wants to be left alone, by everybody. */
  | { readonly type: "pause"; readonly length: Milliseconds }
  /** For longer than anybody wants to wait. */
  | { readonly type: "too-long"; readonly length: Milliseconds }
  | { readonly type: "gone" }
  | { readonly type: "stopped" };

/** How often the same is asked for: where many share what the origin gives, where it may be that alone which fails, where something broke. */
const MOST_REFUSALS = 12;
const MOST_UNAVAILABLE = 3;
const MOST_FAILURES = 2;
const FIRST_PAUSE: Milliseconds = 1000;
const LONGEST_GUESS: Milliseconds = 8000;

/**
 * Decides what follows from an answer.
 * @param attempt from 1 on
 * @param mostWait the longest pause that is waited for
 * @param now ms since the epoch
 */
export function judge(answer: Answer, attempt: number, mostWait: Milliseconds, now: number): Verdict {
  switch (answer.type) {
    case "gone":
    case "stopped":
      return answer;
    case "broken":
      return attempt < MOST_FAILURES
        ? { type: "again", after: FIRST_PAUSE }
        : { type: "settled", outcome: { type: "failed", reason: answer.reason }, bytes: 0 };
    case "answered": {
      const { status, cacheStatus, bytes } = answer;
      const wantsPause = status === 429 || status === 503;
      if (wantsPause) {
        const asked = retryAfter(answer.retryAfter, now);
        if (asked !== undefined && asked > mostWait) return { type: "too-long", length: asked };
        const guess = Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_GUESS, mostWait);
        if (attempt < (status === 429 ? MOST_REFUSALS : MOST_UNAVAILABLE)) {
          return { type: "pause", length: asked ?? guess };
        }
      }
      if ((status === 502 || status === 504) && attempt < MOST_FAILURES) return { type: "again", after: FIRST_PAUSE };
      return { type: "settled", outcome: outcomeOf(status, cacheStatus), bytes };
    }
  }
}

/** What became of a response, by what the proxy itself says of it (RFC 9211). */
export function outcomeOf(status: number, cacheStatus: string | null): Outcome {
  const said = ownMember(cacheStatus);
  const detail = said?.get("detail");
  if (status >= 400) {
    return { type: "failed", reason: `status ${status}${detail === undefined ? "" : ` (${String(detail)})`}` };
  }
  if (said === undefined)
    return { type: "failed", reason: "not answered from the cache or the origin: a path of the proxy's own" };
  if (said.has("hit")) return { type: "already" };
  if (said.get("stored") === true) return { type: "stored" };
  // A stale response that stood in where the origin failed.
  const ttl = said.get("ttl");
  if (typeof ttl === "number" && ttl < 0) {
    return { type: "failed", reason: `the origin failed, what is stored is stale (${String(detail ?? "stale")})` };
  }
  if (said.has("collapsed") && ttl !== undefined) return { type: "already" };
  return { type: "not-storable", reason: String(detail ?? said.get("fwd") ?? "no reason given") };
}

/** What this proxy says: caches nearer to the origin have their members first (RFC 9211 §2). */
function ownMember(field: string | null): Item[1] | undefined {
  if (field === null) return undefined;
  try {
    const own = parseList(field).findLast((member) => !isInnerList(member) && String(member[0]) === "caching-proxy");
    return own?.[1];
  } catch {
    // No list at all says nothing.
    return undefined;
  }
}
