/** What `bun run conformance --json FILE` wrote, read again. */

import type { Run } from "./markdown.ts";
import { Fixable, type Generation, isRecord, readKind } from "./suite.ts";
import { type Entry, type Outcome, outcomes } from "./verdict.ts";

export interface RunFile extends Run {
  readonly generation: Generation;
}

/** Reads the file; only a run in which all was as expected will do. */
export async function readRun(file: string): Promise<RunFile> {
  return parseRun(file, await Bun.file(file).json());
}

/** @param file what messages call it */
export function parseRun(file: string, content: unknown): RunFile {
  if (!isRecord(content)) throw new Fixable(`${file} is not a JSON object.`);
  const { generation, date, version, problems, tests } = content;
  if (generation !== "current" && generation !== "npm-0.4.5") throw new Fixable(`${file}: the generation is unknown.`);
  if (typeof date !== "string" || typeof version !== "string" || !Array.isArray(tests)) {
    throw new Fixable(`${file} was not written by "bun run conformance --json".`);
  }
  if (!Array.isArray(problems) || problems.length > 0) {
    throw new Fixable(`${file}: the run was not as expected; mend that or bring the lists in line with it first.`);
  }
  const list: readonly unknown[] = tests;
  return { generation, date, version, entries: list.map((test) => readEntry(file, test)) };
}

function readEntry(file: string, test: unknown): Entry {
  if (!isRecord(test) || typeof test.id !== "string") throw new Fixable(`${file} has a test without an id.`);
  const { id, known } = test;
  return {
    id,
    name: String(test.name),
    group: String(test.group),
    chapter: String(test.chapter),
    kind: readKind(test.kind, id),
    dependsOn: Array.isArray(test.dependsOn) ? test.dependsOn.map(String) : [],
    outcome: readOutcome(file, test.outcome),
    reported: test.reported === true,
    message: String(test.message),
    ...(typeof known === "string" ? { known } : {}),
  };
}

function readOutcome(file: string, value: unknown): Outcome {
  const outcome = outcomes.find((known) => known === value);
  if (outcome === undefined) throw new Fixable(`${file} has the outcome "${String(value)}", which is unknown here.`);
  return outcome;
}
