import { expect, test } from "bun:test";
import { seldom } from "../../src/store/seldom.ts";

test("the same trouble is told every ten seconds at most, with how often it came, another one at once", () => {
  let now = 0;
  const told: string[] = [];
  const tell = seldom(
    ({ message, cause }) => told.push(`${message} | ${String(cause)}`),
    () => now,
  );
  const full = new Error("full");
  tell("It failed.", full);
  now = 9999;
  tell("It failed.", new Error("full"));
  tell("It failed.", full);
  tell("It failed.", new Error("gone"));
  now = 10_000;
  tell("It failed.", full);
  now = 20_000;
  tell("It failed.", full);
  expect(told).toEqual([
    "It failed. | Error: full",
    "It failed. | Error: gone",
    "It failed. (and 2 times more before) | Error: full",
    "It failed. | Error: full",
  ]);
});
