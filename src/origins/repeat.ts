import type { Milliseconds } from "../http/date.ts";
import { isSafe } from "../http/method.ts";
import type { Answer, Outgoing } from "../http/origin.ts";

/** After what a request may be sent once more. */
export type Repeatable =
  /** It asks for no change. */
  | "after-any-failure"
  /** It may have taken effect, and has the same effect once more (RFC 9110 §9.2.2); an answer of the origin's is the answer. */
  | "unanswered"
  | "never";

/** A body that streams is gone once it was sent. */
export function repeatable({ method, body }: Pick<Outgoing, "method" | "body">): Repeatable {
  if (body !== null && !(body instanceof Blob)) return "never";
  if (isSafe(method)) return "after-any-failure";
  return method === "PUT" || method === "DELETE" ? "unanswered" : "never";
}

/** What an answer says of the address that it came from. */
export type Verdict =
  | "well"
  /** By an answer. */
  | "gone"
  /** By an answer like that of another address to the same request, which may be what is wrong. */
  | "gone-as-another"
  /** There was none. */
  | "failed"
  | "nothing";

/** Gateways and balancers in front of an origin say that it is gone by 502, 503 and 504; a 500 comes from what answers. */
export function verdictOn(answer: Answer): Exclude<Verdict, "gone-as-another"> {
  if (answer.type === "response") return isGone(answer.response.status) ? "gone" : "well";
  switch (answer.failure.type) {
    case "unreachable":
    case "timeout":
      return "failed";
    case "aborted":
    case "loop":
    case "unsupported-method":
    case "rate-limited":
    case "overloaded":
    case "circuit-open":
    case "offline":
      return "nothing";
  }
}

function isGone(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

/** Whether to ask somebody else after this answer. */
export function mayMoveOn(how: Repeatable, answer: Answer): boolean {
  const verdict = verdictOn(answer);
  switch (how) {
    case "after-any-failure":
      return verdict === "failed" || verdict === "gone";
    case "unanswered":
      return verdict === "failed";
    case "never":
      return false;
  }
}

/** Whether to ask the same one again: not where it says when to come back (RFC 9110 §10.2.3). */
export function mayRetry(how: Repeatable, answer: Answer): boolean {
  return mayMoveOn(how, answer) && !(answer.type === "response" && answer.headers.has("retry-after"));
}

const FIRST_PAUSE: Milliseconds = 100;
const LONGEST_PAUSE: Milliseconds = 2000;

/**
 * How long to wait before a request is sent again: any length up to a bound that doubles, so that those that failed together don't come
 * back together.
 * @param time 1 for the first
 * @param random from 0 to 1
 */
export function pauseBefore(time: number, random: number): Milliseconds {
  return random * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (time - 1));
}
