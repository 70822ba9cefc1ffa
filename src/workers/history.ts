import type { Instant, Milliseconds } from "../http/date.ts";
import { addedUp, type History, type Second } from "../observe/history.ts";
import type { Crew } from "./crew.ts";

/** How long whoever asks waits for the other workers; who is late is left out. */
const PATIENCE: Milliseconds = 1000;

/** What all workers passed in each second that is over and began at an instant or after it, the oldest first. */
export async function historyOf(own: History, crew: Crew | undefined, since: Instant): Promise<readonly Second[]> {
  const seconds = own.since(since);
  if (crew === undefined) return addedUp([seconds]);
  // Of a second that is over by now all can tell; what has ended when they are asked only some may know of.
  const { last } = own;
  const { answers } = await crew.ask({ type: "history", since }, PATIENCE);
  const others = answers.flatMap((answer) => (answer.type === "history" ? [answer.seconds] : []));
  return addedUp([seconds, ...others.map((all) => all.filter(({ at }) => at <= last))]);
}
