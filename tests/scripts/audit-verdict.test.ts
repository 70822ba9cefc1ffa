import { expect, test } from "bun:test";
import { summed } from "../../scripts/audit-verdict.ts";

const NONE = { text: "{}\n", complaint: "" };
const known = (name: string, severity: string) => ({
  text: JSON.stringify({ [name]: [{ id: 1, url: "https://h/GHSA-1", title: "Bad", severity }] }),
  complaint: "",
});

test("nothing is known against any", () => {
  expect(summed(NONE, NONE)).toEqual({
    lines: ["0 grave in what is shipped, 0 in what is for development"],
    exitCode: 0,
  });
});

test.each(["high", "critical"])("a %s one in what is shipped ends the build", (severity) => {
  const { lines, exitCode } = summed(known("a", severity), known("a", severity));
  expect(lines).toEqual([
    `shipped: a, ${severity}: Bad https://h/GHSA-1`,
    "1 grave in what is shipped, 0 in what is for development",
  ]);
  expect(exitCode).toBe(1);
});

test("one in what is for development is named and ends nothing", () => {
  const { lines, exitCode } = summed(NONE, known("a", "high"));
  expect(lines[0]).toBe("development only: a, high: Bad https://h/GHSA-1");
  expect(exitCode).toBe(0);
});

test("one that is less grave is left out", () => {
  expect(summed(known("a", "moderate"), known("a", "low")).exitCode).toBe(0);
});

test.each(["", "<html>", "null", "[]"])("an answer %j is none of the service, and said to be skipped", (text) => {
  const { lines, exitCode } = summed(NONE, { text, complaint: "bun audit\n\nerror: POST /bulk - 405\n" });
  expect(lines).toEqual(["skipped: the advisory service cannot be asked (error: POST /bulk - 405)"]);
  expect(exitCode).toBe(0);
});
