import type { Instant, Milliseconds } from "../http/date.ts";
import { isCacheable } from "../http/method.ts";
import type { Answer, Leaving, Need, OriginFailure, Outgoing, Ways } from "../http/origin.ts";
import type { QuotaFigures } from "../http/quota.ts";
import { unread } from "../http/unread.ts";
import { clientOf } from "./client.ts";
import { Ledger, type Party } from "./ledger.ts";
import { lessonOf } from "./lesson.ts";
import { type Restraint, type Rules, verdict } from "./verdict.ts";

/** Waits, or until somebody leaves; `left` says that he has. */
export type Pause = (length: Milliseconds, signal: Leaving) => Promise<"over" | "left">;

/** What guarding works with. */
export type GuardParts = {
  /** The ways to the origin. */
  readonly ways: Ways;
  readonly clock: () => Instant;
  readonly rules: Rules;
  readonly pause: Pause;
  /** The fields by which the origin tells clients apart, where they are not those of the request as it comes here. */
  readonly asSent?: ((outgoing: Outgoing) => Headers) | undefined;
};

/** The ways to the origin, which spare its quotas: where it is not to be asked, or refuses, what could do without fails. */
export type Guard = Ways & {
  readonly figures: () => QuotaFigures | undefined;
};

/** Nobody counts: all goes as it comes. */
export function unguarded(ways: Ways): Guard {
  return { ...ways, figures: () => undefined };
}

/** Keeps an account of what the origin says of its quotas. Methods that the cache does not answer pass by: whether somebody may write is the origin's alone to say. */
export function guarding({ ways, clock, rules, pause, asSent = ({ headers }) => headers }: GuardParts): Guard {
  const ledger = new Ledger();
  return {
    required: (outgoing) => (isCacheable(outgoing.method) ? guarded(outgoing, "required") : ways.required(outgoing)),
    dispensable: (outgoing) =>
      isCacheable(outgoing.method) ? guarded(outgoing, "dispensable") : ways.dispensable(outgoing),
    figures: () => ledger.figures(clock()),
  };

  function guarded(outgoing: Outgoing, need: Need): Promise<Answer> {
    // Of an origin that says nothing of quotas nobody wants to know whom it counts.
    return ledger.isEmpty ? sent(outgoing, need) : weighed(outgoing, need);
  }

  async function weighed(outgoing: Outgoing, need: Need): Promise<Answer> {
    const party = partyOf(outgoing);
    const now = clock();
    const decision = verdict(ledger.standing(party, now), need, now, rules);
    switch (decision.type) {
      case "go":
        ledger.departs(party, now);
        return sent(outgoing, need);
      case "wait":
        ledger.delays(party, decision.until);
        return waited(outgoing, need, party, decision.until);
      case "serve-stale":
      case "refuse":
        return restrained(decision.why, decision.until);
    }
  }

  async function waited(outgoing: Outgoing, need: Need, party: Party, until: Instant): Promise<Answer> {
    const { signal } = outgoing;
    if ((await pause(until - clock(), signal)) === "left") return { type: "failed", failure: { type: "aborted" } };
    // The turn is its own, but meanwhile another may have been refused.
    const { refusal } = ledger.standing(party, clock());
    outgoing.departs?.();
    return refusal === undefined ? sent(outgoing, need) : restrained(refusal.why, refusal.until);
  }

  async function sent(outgoing: Outgoing, need: Need): Promise<Answer> {
    const sentAt = clock();
    const answer = await ways[need](outgoing);
    if (answer.type === "failed") return answer;
    const { response, headers } = answer;
    const { status } = response;
    const now = clock();
    const lesson = lessonOf({ status, headers, sentAt }, now);
    if (lesson !== undefined) ledger.learn(partyOf(outgoing), lesson, now);
    // A 503 that does not say for how long is an error like any other.
    const isRefusal = status === 429 || (status === 503 && lesson?.refusal !== undefined);
    if (need === "required" || !isRefusal) return answer;
    await unread(response);
    const refusal = lesson?.refusal;
    const { failure } = restrained(refusal?.why ?? "refused", refusal?.until ?? now);
    return { type: "failed", failure: { ...failure, status } };
  }

  function partyOf(outgoing: Outgoing): Party {
    const { url } = outgoing;
    // One proxy may have several origins.
    return { client: `${url.origin} ${clientOf(asSent(outgoing))}`, path: url.pathname };
  }

  function restrained(why: Restraint, until: Instant): Restrained {
    const retryAfter = Math.max(1, Math.ceil((until - clock()) / 1000));
    return { type: "failed", failure: { type: "rate-limited", why, retryAfter } };
  }
}

type Restrained = { readonly type: "failed"; readonly failure: Extract<OriginFailure, { type: "rate-limited" }> };

/** Waits by a timer. */
export const pausing: Pause = (length, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve("left");
    const timer = setTimeout(() => resolve("over"), length);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve("left");
    });
  });
