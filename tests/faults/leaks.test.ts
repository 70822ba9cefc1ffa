import { expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { leftAfter } from "./leaks.ts";
import { ORIGIN_FAULTS } from "./origin-faults.ts";

const shared = cleanup();

/** Those that cost neither a time-out nor megabytes, and one that costs a time-out. */
const QUICK = ORIGIN_FAULTS.filter(
  ({ name, isLate }) => name === "says nothing" || !(isLate || /without end|1 MB/.test(name)),
);

test("nothing is left of faults, met again and again (bun run faults:leaks meets each 200 times)", async () => {
  const { bytes, status } = await leftAfter(shared, 40, QUICK);
  expect(bytes).toBeLessThan(64 * 1024 * 1024);
  expect(status).toBe(200);
});
