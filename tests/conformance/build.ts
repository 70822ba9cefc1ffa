import type { Entry, SuiteTest } from "../../bench/conformance/verdict.ts";

/** A test of a suite, required unless it says otherwise. */
export function suiteTest(id: string, more: Partial<SuiteTest> = {}): SuiteTest {
  return { id, name: `does ${id}`, group: "g", chapter: "G", kind: "required", dependsOn: [], ...more };
}

/** How a test ended; passed unless it says otherwise. */
export function entry(id: string, more: Partial<Entry> = {}): Entry {
  return { ...suiteTest(id), outcome: "pass", reported: true, message: "", ...more };
}
