/** Pure: how we answer the suite's questions (its tests of the kind `check`), held against what is recorded. */

import { type Entry, isExplained, type Outcome, type Problem, todoReason, type Verdict } from "./verdict.ts";

/** `not applicable`: the suite's question presupposes something that we don't do. */
export type Answer = "yes" | "no" | "not applicable";

export interface Recorded {
  readonly answer: Answer;
  /** One sentence, with the clause where there is one. */
  readonly why: string;
}

/** Test id → our answer, for one generation of the suite. */
export type Answers = Readonly<Record<string, Recorded>>;

/** The answer that an outcome is; undefined where the run says nothing about us. */
export function answerOf(outcome: Outcome): Answer | undefined {
  switch (outcome) {
    case "yes":
    case "no":
      return outcome;
    case "dependency_fail":
    case "setup_fail":
      return "not applicable";
    default:
      return undefined;
  }
}

/** Adds to a verdict what is wrong with the answers: another one than is recorded, none recorded, no reason, no such question. */
export function holdAnswers(verdict: Verdict, answers: Answers): Verdict {
  const checks = verdict.entries.filter(({ kind }) => kind === "check");
  const ids = new Set(checks.map(({ id }) => id));
  const problems = checks.flatMap((entry) => problemWith(entry, answers[entry.id]));
  const recorded = checks.length - problems.length;
  for (const id of Object.keys(answers)) {
    if (!ids.has(id)) problems.push({ id, text: "has a recorded answer, but the suite has no such question" });
  }
  return {
    ...verdict,
    totals: { ...verdict.totals, check: { ...verdict.totals.check, known: recorded } },
    problems: [...verdict.problems, ...problems],
    asExpected: verdict.asExpected + recorded,
  };
}

function problemWith({ id, name, outcome, message }: Entry, recorded: Recorded | undefined): Problem[] {
  const answer = answerOf(outcome);
  if (recorded === undefined) return [{ id, text: `check, ${answer ?? outcome}: no answer is recorded: ${name}` }];
  if (answer !== recorded.answer) {
    const said = message === "" ? "" : `\n    ${message}`;
    return [
      { id, text: `check: the answer is "${answer ?? outcome}", recorded is "${recorded.answer}": ${name}${said}` },
    ];
  }
  return isExplained(recorded.why) ? [] : [{ id, text: "check: the answer is recorded without a reason, write one" }];
}

/** The answers as they would have to read for this run: changed and new ones marked TODO, vanished questions gone. */
export function updatedAnswers(entries: readonly Entry[], answers: Answers): Answers {
  const lines = entries.flatMap(({ id, kind, outcome }): [string, Recorded][] => {
    const answer = answerOf(outcome);
    if (kind !== "check" || answer === undefined) return [];
    const recorded = answers[id];
    if (recorded?.answer === answer) return [[id, recorded]];
    return [[id, { answer, why: recorded === undefined ? todoReason : `${todoReason}; it was: ${recorded.why}` }]];
  });
  return Object.fromEntries(lines);
}
