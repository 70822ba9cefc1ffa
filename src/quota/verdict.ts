import type { Instant, Milliseconds } from "../http/date.ts";
import type { Need } from "../http/origin.ts";
import { type Quota, shareLeft } from "../http/quota.ts";

/** Why the origin is not to be asked now. */
export type Restraint =
  /** It has answered 429. */
  | "refused"
  /** It has answered 503 and said when to come again. */
  | "overloaded"
  /** It would answer, but little is left of its quota. */
  | "scarce";

/** What the origin has said that it will answer no sooner. */
export type Refusal = { readonly why: Exclude<Restraint, "scarce">; readonly until: Instant };

/** What is known of the origin, as it is for one of those whom it counts. */
export type Standing = {
  readonly refusal: Refusal | undefined;
  readonly quotas: readonly Quota[];
  /** When the last request to it was sent, or is to be. */
  readonly lastDeparture: Instant | undefined;
};

/** How quotas are dealt with. */
export type Rules = {
  /** Below this share of a quota, from 0 to 1, what is left is spared. */
  readonly share: number;
  /** How long a request may be held back. */
  readonly patience: Milliseconds;
};

/** What becomes of a request that is about to go to the origin. */
export type Verdict =
  | { readonly type: "go" }
  | { readonly type: "wait"; readonly until: Instant }
  | { readonly type: "serve-stale"; readonly why: Restraint; readonly until: Instant }
  | { readonly type: "refuse"; readonly why: Refusal["why"]; readonly until: Instant };

/** Decides what becomes of a request that is about to go to the origin. Only what the origin has refused is refused; what it merely counts is spaced out. */
export function verdict(standing: Standing, need: Need, now: Instant, rules: Rules): Verdict {
  const { refusal } = standing;
  if (refusal !== undefined && isInForce(refusal, now))
    return { type: need === "required" ? "refuse" : "serve-stale", ...refusal };
  const slot = slotOf(standing, now, rules);
  if (slot <= now) return GO;
  if (need === "dispensable") return { type: "serve-stale", why: "scarce", until: slot };
  const latest = now + rules.patience;
  if (slot <= latest) return { type: "wait", until: slot };
  // Where nothing is left no wait helps that is over before the reset: the origin says itself what it makes of the request.
  return latest === now || isSpent(standing, now) ? GO : { type: "wait", until: latest };
}

/** How long what the origin says is believed. */
export const LONGEST_REFUSAL: Milliseconds = 3_600_000;

/** A refusal from farther ahead than any reaches is from before the clock was set back. */
export function isInForce({ until }: { readonly until: Instant }, now: Instant): boolean {
  return until > now && until - now <= LONGEST_REFUSAL;
}

/** Quotas of which so little is left that it is spared. Without a reset nobody knows until when. */
function scarceOf(
  { quotas }: Standing,
  now: Instant,
  { share }: Rules,
): readonly Required<Pick<Quota, "resetsAt" | "remaining">>[] {
  return quotas.flatMap((quota) => {
    const { remaining, resetsAt } = quota;
    const isScarce = resetsAt !== undefined && resetsAt > now && shareLeft(quota) < share;
    return isScarce ? [{ remaining, resetsAt }] : [];
  });
}

/** When the next request may go so that what is left lasts until the reset, with as much time between any two. */
function slotOf(standing: Standing, now: Instant, rules: Rules): Instant {
  const slots = scarceOf(standing, now, rules).map(({ remaining, resetsAt }) => {
    if (remaining === 0) return resetsAt;
    const between = (resetsAt - now) / remaining;
    return standing.lastDeparture === undefined ? now : Math.min(resetsAt, standing.lastDeparture + between);
  });
  return Math.max(now, ...slots);
}

function isSpent({ quotas }: Standing, now: Instant): boolean {
  return quotas.some(({ remaining, resetsAt }) => remaining === 0 && resetsAt !== undefined && resetsAt > now);
}

const GO: Verdict = { type: "go" };
