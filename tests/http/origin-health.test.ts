import { expect, test } from "bun:test";
import { type AddressFigures, joinedHealth } from "../../src/http/origin-health.ts";

const figures = (given: Partial<AddressFigures>): AddressFigures => ({
  ...{ origin: "http://a", address: "http://a", state: "well", since: 5, asked: 1, failed: 2, repeated: 3 },
  ...given,
});

test("several processes add up, and the worst that one of them sees is what is shown", () => {
  const first = [figures({}), figures({ address: "http://b", state: "open", since: 9 })];
  const second = [figures({ state: "half-open", since: 7 }), figures({ address: "http://b", state: "open", since: 8 })];
  expect(joinedHealth([first, undefined, second])).toEqual([
    figures({ state: "half-open", since: 7, asked: 2, failed: 4, repeated: 6 }),
    figures({ address: "http://b", state: "open", since: 8, asked: 2, failed: 4, repeated: 6 }),
  ]);
});

test("where nobody looks there is nothing", () => {
  expect(joinedHealth([undefined, undefined])).toBeUndefined();
});
