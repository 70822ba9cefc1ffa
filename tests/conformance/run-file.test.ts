import { expect, test } from "bun:test";
import { parseRun } from "../../bench/conformance/run-file.ts";
import { entry } from "./build.ts";

const entries = [
  entry("a", { dependsOn: ["b"] }),
  entry("b", { kind: "optimal", outcome: "optional_fail", reported: false, message: "no", known: "Bun cannot do it." }),
  entry("c", { kind: "check", outcome: "no", reported: false, message: "no" }),
];
const run = { generation: "current", date: "2026-11-23", version: "0.1.0", problems: [], tests: entries };

test("a run is read as it was written", () => {
  expect(parseRun("x.json", JSON.parse(JSON.stringify(run)))).toEqual({
    generation: "current",
    date: "2026-11-23",
    version: "0.1.0",
    entries,
  });
});

test.each([
  ["that was not as expected", { ...run, problems: [{ id: "a", text: "fails" }] }, "not as expected"],
  ["of an unknown generation", { ...run, generation: "0.5" }, "generation is unknown"],
  ["without a date", { ...run, date: undefined }, "was not written by"],
  ["with a test that has no id", { ...run, tests: [{}] }, "without an id"],
  ["with an unknown outcome", { ...run, tests: [{ ...entry("a"), outcome: "odd" }] }, 'outcome "odd"'],
  ["with an unknown kind", { ...run, tests: [{ ...entry("a"), kind: "odd" }] }, 'kind "odd"'],
  ["that is none", [], "is not a JSON object"],
])("a run %s is refused", (_, content, message) => {
  expect(() => parseRun("x.json", content)).toThrow(message);
});
