import type { Milliseconds } from "../http/date.ts";
import { joinedRuleFigures, type RuleFigures } from "../http/rule-figures.ts";
import type { Crew } from "./crew.ts";
import { type Share, type Sum, summed, type WorkerLine, workerLines } from "./share.ts";

/** How long whoever asks for statistics waits for the other workers. */
const PATIENCE: Milliseconds = 1000;

/** What all workers have to say for themselves. */
export type Gathered = {
  /** Of those that answered in time. */
  readonly present: readonly [Share, ...Share[]];
  /** What is known of the others, and of those that are gone. */
  readonly absent: readonly Share[];
};

/** Asks the other workers, where there are any. */
export async function gather(own: Share, crew: Crew | undefined): Promise<Gathered> {
  if (crew === undefined) return { present: [own], absent: [] };
  const { answers } = await crew.ask({ type: "statistics", own }, PATIENCE);
  const others = answers.flatMap((answer) => (answer.type === "statistics" ? [answer.share] : []));
  const heard = new Set([own, ...others].map(({ worker }) => worker));
  const absent = answers.flatMap((answer) => {
    if (answer.type !== "recalled") return [];
    const silent = answer.last.filter(({ worker }) => !heard.has(worker));
    return answer.gone === undefined ? silent : [...silent, answer.gone];
  });
  return { present: [own, ...others], absent };
}

/** What this process did, or all workers together; those that do not answer count as they were last heard, and are not listed. */
export async function statistics(
  own: Share,
  crew: Crew | undefined,
): Promise<Sum & { readonly workers?: readonly WorkerLine[] }> {
  const { present, absent } = await gather(own, crew);
  const sum = summed([...present, ...absent]);
  return crew === undefined ? sum : { ...sum, workers: workerLines(present) };
}

/** The rules in force with what all workers together counted of them; undefined where there are none. */
export async function ruleFigures(own: Share, crew: Crew | undefined): Promise<RuleFigures | undefined> {
  const { present, absent } = await gather(own, crew);
  return joinedRuleFigures([...present, ...absent].map(({ rules }) => rules));
}
