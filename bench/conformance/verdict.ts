/** Pure: what the suite reported, plus what we expect, gives a verdict. No files, no processes. */

export type Kind = "required" | "optimal" | "check";

/** One test of the suite, as far as the verdict needs it. */
export interface SuiteTest {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  /** The title of its group. */
  readonly chapter: string;
  readonly kind: Kind;
  readonly dependsOn: readonly string[];
}

/** What the suite's client reports for a test: true, or the kind of error and its message. */
export type RawResult = boolean | readonly [kind: string, message: string];
export type RawResults = ReadonlyMap<string, RawResult>;

/** The suite's own words for how a test ended. */
export const outcomes = [
  "pass",
  "fail",
  "optional_fail",
  "yes",
  "no",
  "setup_fail",
  "harness_fail",
  "dependency_fail",
  "retry",
  "untested",
] as const;

export type Outcome = (typeof outcomes)[number];

/** Test id → why it fails, for one generation of the suite. */
export type Known = Readonly<Record<string, string>>;

export interface Entry extends SuiteTest {
  readonly outcome: Outcome;
  /** The suite's client said true, whatever became of what the test depends on. */
  readonly reported: boolean;
  /** What the suite said about it, or why it did not count. Empty when it passed. */
  readonly message: string;
  /** The reason on the list of known failures, if it is listed. */
  readonly known?: string;
}

/** Something that fails the run. */
export interface Problem {
  readonly id: string;
  readonly text: string;
}

export interface Total {
  readonly passed: number;
  readonly total: number;
  readonly known: number;
}

export interface Verdict {
  readonly entries: readonly Entry[];
  readonly totals: Readonly<Record<Kind, Total>>;
  readonly problems: readonly Problem[];
  /** Tests whose outcome is the expected one: required and optimal ones that pass or fail as listed, checks answered as recorded. */
  readonly asExpected: number;
}

const unexplained = "TODO";

/** The reason `--write-known` puts down for a person to replace. */
export const todoReason = `${unexplained}: reason`;

/** Whether a reason was really given. */
export function isExplained(reason: string): boolean {
  return reason.trim() !== "" && !reason.startsWith(unexplained);
}

/** Whether an outcome counts as passed; a "yes" does, as it does for the suite. */
export function isPass(outcome: Outcome): boolean {
  return outcome === "pass" || outcome === "yes";
}

/**
 * How a test ended, by the rules of the suite's own `determineTestResult`: a test counts only when all it depends on
 * passed; an error while a test is set up, or in the harness itself, is told apart from a failed assertion.
 */
export function outcomeOf(id: string, tests: ReadonlyMap<string, SuiteTest>, results: RawResults): Outcome {
  const test = tests.get(id);
  const result = results.get(id);
  if (test === undefined || result === undefined) return "untested";
  if (failedDependency(test, tests, results) !== undefined) return "dependency_fail";
  if (result === false) return "harness_fail";
  if (result !== true) {
    const [kind, message] = result;
    if (kind === "Setup") return message === "retry" ? "retry" : "setup_fail";
    if (kind === "AbortError") return "harness_fail";
  }
  switch (test.kind) {
    case "required":
      return result === true ? "pass" : "fail";
    case "optimal":
      return result === true ? "pass" : "optional_fail";
    case "check":
      return result === true ? "yes" : "no";
  }
}

function failedDependency(
  test: SuiteTest,
  tests: ReadonlyMap<string, SuiteTest>,
  results: RawResults,
): string | undefined {
  return test.dependsOn.find((id) => !isPass(outcomeOf(id, tests, results)));
}

/** Holds every required and optimal test against the list of known failures; checks are for `holdAnswers`. */
export function judge(tests: readonly SuiteTest[], results: RawResults, known: Known): Verdict {
  const byId = new Map(tests.map((test) => [test.id, test]));
  const reasons = new Map(Object.entries(known));
  const entries = tests.map((test): Entry => {
    const outcome = outcomeOf(test.id, byId, results);
    const message = messageOf(test, outcome, byId, results);
    const reason = reasons.get(test.id);
    const reported = results.get(test.id) === true;
    return { ...test, outcome, reported, message, ...(reason === undefined ? {} : { known: reason }) };
  });
  const problems = entries.flatMap(problemWith);
  const gated = entries.filter((entry) => entry.kind !== "check");
  const failing = new Set(problems.map(({ id }) => id));
  for (const id of reasons.keys()) {
    if (!byId.has(id)) problems.push({ id, text: "is listed as a known failure, but the suite has no such test" });
  }
  return {
    entries,
    totals: {
      required: count(entries, "required"),
      optimal: count(entries, "optimal"),
      check: count(entries, "check"),
    },
    problems,
    asExpected: gated.filter(({ id }) => !failing.has(id)).length,
  };
}

function messageOf(
  test: SuiteTest,
  outcome: Outcome,
  tests: ReadonlyMap<string, SuiteTest>,
  results: RawResults,
): string {
  if (isPass(outcome)) return "";
  if (outcome === "untested") return "the suite reported nothing for it";
  if (outcome === "dependency_fail") return `depends on ${failedDependency(test, tests, results)}, which did not pass`;
  const result = results.get(test.id);
  return typeof result === "object" ? `${result[0]}: ${result[1]}` : "the harness failed";
}

function problemWith({ id, kind, name, outcome, message, known }: Entry): Problem[] {
  if (kind === "check") {
    return known === undefined
      ? []
      : [{ id, text: "is listed as a known failure, but checks are not gated: unlist it" }];
  }
  if (isPass(outcome)) {
    return known === undefined
      ? []
      : [{ id, text: `is listed as a known failure ("${known}"), but passes: unlist it` }];
  }
  if (known === undefined) return [{ id, text: `${kind}, ${outcome}: ${name}\n    ${message}` }];
  if (!isExplained(known)) {
    return [{ id, text: `${kind}, ${outcome}: is listed without a reason, write one\n    ${message}` }];
  }
  return [];
}

function count(entries: readonly Entry[], kind: Kind): Total {
  const ofKind = entries.filter((entry) => entry.kind === kind);
  return {
    passed: ofKind.filter((entry) => isPass(entry.outcome)).length,
    total: ofKind.length,
    known: ofKind.filter((entry) => kind !== "check" && !isPass(entry.outcome) && entry.known !== undefined).length,
  };
}

/** The list as it would have to read for this verdict: new failures marked TODO, passing and vanished tests gone. */
export function updatedKnown(entries: readonly Entry[]): Known {
  const failing = entries.filter(({ kind, outcome }) => kind !== "check" && !isPass(outcome));
  const lines = failing.map(({ id, known }): [string, string] => [id, known ?? todoReason]);
  return Object.fromEntries(lines.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Finds the JSON object among whatever else the suite's client printed, and checks its shape. */
export function parseResults(stdout: string): RawResults | undefined {
  const lines = stdout.split(/\r?\n/);
  const start = lines.lastIndexOf("{");
  const end = lines.indexOf("}", start);
  if (start === -1 || end === -1) return undefined;
  return rawResults(JSON.parse(lines.slice(start, end + 1).join("\n")));
}

/** Reads parsed results, as the client prints them and as the suite's repository keeps those of other caches. */
export function rawResults(parsed: unknown): RawResults | undefined {
  if (typeof parsed !== "object" || parsed === null) return undefined;
  return new Map(Object.entries(parsed).map(([id, value]) => [id, rawResult(value)]));
}

function rawResult(value: unknown): RawResult {
  if (typeof value === "boolean") return value;
  if (!Array.isArray(value)) return ["unknown", JSON.stringify(value)];
  const [kind, message]: unknown[] = value;
  return [typeof kind === "string" ? kind : "unknown", typeof message === "string" ? message : ""];
}
