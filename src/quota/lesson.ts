import type { Instant } from "../http/date.ts";
import type { Quota } from "../http/quota.ts";
import { readQuotas } from "../http/rate-limit.ts";
import { retryAfter } from "../http/retry-after.ts";
import { LONGEST_REFUSAL, type Refusal } from "./verdict.ts";

/** What the origin answered: its status and fields, and when the request was sent. */
export type Said = { readonly status: number; readonly headers: Headers; readonly sentAt: Instant };

/** What an answer teaches of the origin's quotas. */
export type Lesson = {
  readonly quotas: readonly Quota[];
  readonly refusal: Refusal | undefined;
  readonly sentAt: Instant;
};

/**
 * Reads an answer for what it says of quotas; undefined where that is nothing.
 * @param now when it came
 */
export function lessonOf({ status, headers, sentAt }: Said, now: Instant): Lesson | undefined {
  const quotas = readQuotas(headers, now);
  const refusal = refusalOf(status, headers, quotas, now);
  return quotas.length === 0 && refusal === undefined ? undefined : { quotas, refusal, sentAt };
}

/** Until when the origin wants not to be asked. What it refuses without saying for how long may be asked for again. */
function refusalOf(status: number, headers: Headers, quotas: readonly Quota[], now: Instant): Refusal | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const why = status === 429 ? "refused" : "overloaded";
  const asked = retryAfter(headers.get("retry-after"), now);
  const until = asked === undefined ? (status === 429 ? resetOf(quotas) : undefined) : now + asked;
  return until === undefined || until <= now ? undefined : { why, until: Math.min(until, now + LONGEST_REFUSAL) };
}

/** Who refuses and shows a quota that is used up means that. */
function resetOf(quotas: readonly Quota[]): Instant | undefined {
  const resets = quotas.flatMap(({ remaining, resetsAt }) => (remaining === 0 ? (resetsAt ?? []) : []));
  return resets.length === 0 ? undefined : Math.max(...resets);
}
