import type { Instant, Milliseconds } from "../http/date.ts";
import { judge, type Outcome } from "./warm-answer.ts";
import type { Gate, Pause } from "./warm-gate.ts";
import { type Ask, DROPPED, type OpenSink, type Visit } from "./warm-request.ts";

/** After so many pauses in a row that changed nothing, the origin means it. */
const MOST_IN_VAIN = 8;

/** Why warming ended before all were asked for. */
export type Halt =
  | { readonly type: "gone" }
  | { readonly type: "stopped" }
  /** The origin asks for one pause after the other. */
  | { readonly type: "refusing" }
  | { readonly type: "too-long"; readonly length: Milliseconds };

/** What came of a visit, with all that was tried again. */
export type Settled = { readonly type: "settled"; readonly outcome: Outcome; readonly bytes: number } | Halt;

/** What asking with patience rests on. */
export type Manners = {
  readonly ask: Ask;
  readonly gate: Gate;
  readonly pause: Pause;
  /** Ends all of it. */
  readonly stop: AbortController;
  /** The longest pause of the origin's that is waited for. */
  readonly mostWait: Milliseconds;
  /** ms since the epoch, for what Retry-After says. */
  readonly clock: () => Instant;
};

/** Asks until there is an answer to keep to: after pauses where the origin asks for them, once more where something broke. */
export async function persist(
  { ask, gate, pause, mostWait, clock }: Manners,
  visit: Visit,
  open: OpenSink,
): Promise<Settled> {
  for (let attempt = 1; ; attempt++) {
    const verdict = await gate.through(async () => {
      const judged = judge(await ask(visit, open), attempt, mostWait, clock());
      // Before anybody else is let in.
      if (judged.type === "pause") gate.close(judged.length);
      return judged;
    });
    switch (verdict.type) {
      case "pause":
        if (gate.inVain > MOST_IN_VAIN) return { type: "refusing" };
        break;
      case "again":
        await pause(verdict.after);
        break;
      default:
        return verdict;
    }
  }
}

/**
 * Makes all visits, so many at a time.
 * @param tell told of each that is settled
 * @returns why it ended early; undefined where all were made
 */
export async function warmAll(
  manners: Manners,
  visits: Iterable<Visit>,
  concurrency: number,
  tell: (visit: Visit, outcome: Outcome, bytes: number) => void,
): Promise<Halt | undefined> {
  const queue = visits[Symbol.iterator]();
  let halt: Halt | undefined;
  const line = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const settled = await persist(manners, next.value, DROPPED);
      if (settled.type === "settled") tell(next.value, settled.outcome, settled.bytes);
      else {
        halt ??= settled;
        // Nobody waits for the end of a pause any more.
        manners.stop.abort();
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, line));
  return halt;
}
