import type { Milliseconds } from "../http/date.ts";
import type { Send } from "../http/origin.ts";

/** One that goes on is told of again after so long, so that it does not fill the terminal. */
const EACH: Milliseconds = 10_000;

/**
 * Tells whoever runs the proxy why the origin cannot be reached, where clients are not told.
 * @param report told each time that it is another reason, and now and then of one that stays
 * @param steady ms on a clock that never steps
 */
export function tellingFailures(send: Send, report: (error: Error) => void, steady: () => Milliseconds): Send {
  let told = "";
  let toldAt = Number.NEGATIVE_INFINITY;
  return async (outgoing) => {
    const answer = await send(outgoing);
    if (answer.type !== "failed" || answer.failure.type !== "unreachable") return answer;
    const message = `The origin ${outgoing.url.origin} gave no response: ${answer.failure.cause}.`;
    const now = steady();
    if (message === told && now - toldAt < EACH) return answer;
    told = message;
    toldAt = now;
    report(new Error(message));
    return answer;
  };
}
