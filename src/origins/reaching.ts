import type { Milliseconds } from "../http/date.ts";
import type { Answer, Leaving, Outgoing, Send } from "../http/origin.ts";
import { unread } from "../http/unread.ts";
import { at } from "./moved.ts";
import { mayMoveOn, mayRetry, pauseBefore, type Repeatable, repeatable, verdictOn } from "./repeat.ts";
import type { Site } from "./site.ts";
import type { Placed, Sites } from "./sites.ts";

/** Waits, or until somebody leaves; `left` says that he has. */
export type Pause = (length: Milliseconds, signal: Leaving) => Promise<"over" | "left">;

/** What reaching works with. */
export type ReachingParts = {
  /** Sends to just that address. */
  readonly send: Send;
  readonly sites: Sites;
  /** How long all attempts of a request may take together, but for the first one's body. */
  readonly timeout: Milliseconds;
  /** How often a request is sent again to those that have failed it. */
  readonly retries: number;
  /** Ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly pause: Pause;
};

/** A request on its way. */
type Way = Placed & {
  readonly outgoing: Outgoing;
  readonly how: Repeatable;
  /** What is left of the time. */
  readonly left: () => Milliseconds;
};

/** Sends each request to the first of its origin's addresses that is well, and on or once more where that fails it and both may be. */
export function reaching({ send, sites, timeout, retries, steady, random, pause }: ReachingParts): Send {
  return async (outgoing) => {
    const began = steady();
    const placed = sites.of(outgoing.url);
    const { site } = placed;
    site.earn();
    const left = (): Milliseconds => timeout - (steady() - began);
    const way: Way = { ...placed, outgoing, how: repeatable(outgoing), left };
    let answer = await round(way, undefined);
    for (let time = 1; answer !== undefined && time <= retries && mayRetry(way.how, answer); time++) {
      const length = pauseBefore(time, random());
      if (length + LEAST_TIME >= left() || !site.spend()) break;
      if ((await pause(length, outgoing.signal)) === "left") {
        await discard(answer);
        return LEFT;
      }
      answer = await round(way, answer);
    }
    return answer ?? circuitOpen(site);
  };

  /**
   * Goes through the addresses, each of them once.
   * @param before the answer of the round before this one
   * @returns the first that is good, or the last; undefined where there was nobody to ask
   */
  async function round(way: Way, before: Answer | undefined): Promise<Answer | undefined> {
    const { site, how } = way;
    const path = way.outgoing.url.pathname;
    const tried = new Set<number>();
    let answer = before;
    while (tried.size === 0 || answer === undefined || (mayMoveOn(how, answer) && way.left() > LEAST_TIME)) {
      const choice = site.choose(path, tried, how === "after-any-failure" ? "may-probe" : "rather-not");
      const address = choice.type === "ask" ? site.addresses[choice.place] : undefined;
      if (choice.type === "nobody" || address === undefined) return answer;
      const time = answer === undefined ? "first" : "again";
      // In the same step: nobody else may find out about it meanwhile.
      const learns = address.sends(path, choice.as, time);
      tried.add(choice.place);
      const isLast = how === "never" || site.choose(path, tried, "rather-not").type === "nobody";
      if (answer !== undefined) await discard(answer);
      const earlier = answer && verdictOn(answer);
      const within = withinFor(way, { time, as: choice.as, isLast });
      answer = await asked(way, address.url, time, within);
      const verdict = isHurried(answer, within) ? "nothing" : verdictOn(answer);
      learns(verdict === "gone" && earlier === "gone" ? "gone-as-another" : verdict);
    }
    return answer;
  }

  async function asked(
    { site, rest, outgoing }: Way,
    address: URL,
    time: "first" | "again",
    within: Milliseconds | undefined,
  ): Promise<Answer> {
    if (time === "again") outgoing.departs?.();
    return send({
      ...outgoing,
      url: at(address, rest),
      headers: site.authorized(outgoing),
      ...(within !== undefined && { within }),
    });
  }

  /** Who was given little of the time is not to blame for that. */
  function isHurried(answer: Answer, within: Milliseconds | undefined): boolean {
    const isLate = answer.type === "failed" && answer.failure.type === "timeout";
    return isLate && within !== undefined && within < timeout / 4;
  }

  /** One that finds out whether an address answers again leaves time to ask the next one. */
  function withinFor(
    { left }: Way,
    { time, as, isLast }: { time: "first" | "again"; as: "usual" | "probe"; isLast: boolean },
  ): Milliseconds | undefined {
    if (as === "probe" && !isLast) return left() / 2;
    return time === "again" ? left() : undefined;
  }
}

/** With less nobody needs to be asked. */
const LEAST_TIME: Milliseconds = 50;

/** Nobody reads it. */
async function discard(answer: Answer): Promise<void> {
  if (answer.type === "response") await unread(answer.response);
}

const LEFT: Answer = { type: "failed", failure: { type: "aborted" } };

function circuitOpen(site: Site): Answer {
  return { type: "failed", failure: { type: "circuit-open", retryAfter: Math.max(1, Math.ceil(site.rest / 1000)) } };
}
