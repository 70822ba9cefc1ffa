import { expect, test } from "bun:test";
import { Matching } from "../../src/page/matching.ts";
import { shownExchange } from "./exchanges.ts";

const one = (seq: number, status = 200) => shownExchange({ id: `0-${seq}`, at: seq, status });
const idsOf = (exchanges: readonly { readonly id: string }[]) => exchanges.map(({ id }) => id);
const failing = () => new Matching(({ status }) => status >= 500);

test("only what is wanted is listed, and what comes is added", () => {
  const matching = failing();
  expect(idsOf(matching.follow([one(2, 500), one(1)]))).toEqual(["0-2"]);
  expect(idsOf(matching.follow([one(4), one(3, 502), one(2, 500), one(1)]))).toEqual(["0-3", "0-2"]);
});

test("what matched stays when it has left the list of all", () => {
  const matching = failing();
  matching.follow([one(1, 500)]);
  expect(idsOf(matching.follow([one(9), one(8, 503)]))).toEqual(["0-8", "0-1"]);
});

test("what the proxy remembers is put in its place, once", () => {
  const matching = failing();
  matching.follow([one(5, 500)]);
  expect(idsOf(matching.add([one(5, 500), one(3, 500), one(2)]))).toEqual(["0-5", "0-3"]);
});

test("a list that was cleared is empty for the filter too", () => {
  const matching = failing();
  matching.follow([one(1, 500)]);
  expect(matching.follow([])).toEqual([]);
  expect(idsOf(matching.follow([one(2, 500)]))).toEqual(["0-2"]);
});
