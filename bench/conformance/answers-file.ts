/** The committed answers to the suite's questions: per generation of the suite, test id → answer and reason. */

import { join } from "node:path";
import type { Answer, Answers, Recorded } from "./answers.ts";
import { Fixable, type Generation, isRecord } from "./suite.ts";

/** Where the answers are kept. */
export const answersFile = join(import.meta.dir, "check-answers.json");

export type AnswerLists = Readonly<Record<Generation, Answers>>;

/** Reads the answers. */
export async function readAnswers(): Promise<AnswerLists> {
  return parseAnswers(await Bun.file(answersFile).json());
}

/** Checks the shape, and lends the older generation the reasons of the current one where the answer is the same. */
export function parseAnswers(content: unknown): AnswerLists {
  if (!isRecord(content)) throw new Fixable("check-answers.json is not a JSON object.");
  const current = answersOf(content, "current", {});
  return { current, "npm-0.4.5": answersOf(content, "npm-0.4.5", current) };
}

function answersOf(content: Readonly<Record<string, unknown>>, generation: Generation, lender: Answers): Answers {
  const list = content[generation] ?? {};
  if (!isRecord(list)) throw new Fixable(`check-answers.json: "${generation}" is not an object.`);
  return Object.fromEntries(
    Object.entries(list).map(([id, value]) => [id, recorded(`"${generation}", ${id}`, value, lender[id])]),
  );
}

function recorded(place: string, value: unknown, lender: Recorded | undefined): Recorded {
  const answer = isRecord(value) ? value.answer : undefined;
  if (!isRecord(value) || !isAnswer(answer)) {
    throw new Fixable(`check-answers.json: ${place}: the answer is none of yes, no, not applicable.`);
  }
  const why = value.why ?? (lender?.answer === answer ? lender.why : undefined);
  if (typeof why !== "string") throw new Fixable(`check-answers.json: ${place}: the answer has no reason.`);
  return { answer, why };
}

function isAnswer(value: unknown): value is Answer {
  return value === "yes" || value === "no" || value === "not applicable";
}

/** Writes the answers back with one generation's part replaced. */
export async function writeAnswers(lists: AnswerLists, generation: Generation, answers: Answers): Promise<void> {
  await Bun.write(answersFile, `${JSON.stringify(compact({ ...lists, [generation]: answers }), null, 2)}\n`);
}

/** What the file holds: a reason that the current generation lends is not written twice. */
export function compact(lists: AnswerLists): Readonly<Record<string, unknown>> {
  const older = Object.entries(lists["npm-0.4.5"]).map(([id, { answer, why }]) => {
    const lender = lists.current[id];
    const lent = lender?.answer === answer && lender.why === why;
    return [id, lent ? { answer } : { answer, why }];
  });
  return { current: lists.current, "npm-0.4.5": Object.fromEntries(older) };
}
