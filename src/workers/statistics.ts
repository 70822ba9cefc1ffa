import type { Milliseconds } from "../http/date.ts";
import type { Crew } from "./crew.ts";
import { type Share, type Sum, summed, type WorkerLine, workerLines } from "./share.ts";

/** How long whoever asks for statistics waits for the other workers. */
const PATIENCE: Milliseconds = 1000;

/** What this process did, or all workers together; one that does not answer in time is left out. */
export async function statistics(
  own: Share,
  crew: Crew | undefined,
): Promise<Sum & { readonly workers?: readonly WorkerLine[] }> {
  if (crew === undefined) return summed([own]);
  const { answers } = await crew.ask({ type: "statistics" }, PATIENCE);
  const shares = [own, ...answers.flatMap((answer) => (answer.type === "statistics" ? [answer.share] : []))];
  return { ...summed(shares), workers: workerLines(shares) };
}
