import { expect, test } from "bun:test";
import { choose, type Probing, type Standing } from "../../src/origins/order.ts";

const well: Standing = { permission: "go", isIll: false };
const open: Standing = { permission: "no", isIll: false };
const rested: Standing = { permission: "probe", isIll: false };
const doubtful: Standing = { permission: "doubtful", isIll: false };
const ill: Standing = { permission: "go", isIll: true };

const table: readonly [string, readonly Standing[], readonly number[], Probing, string][] = [
  ["the first", [well, well], [], "may-probe", "0 usual"],
  ["the next, where the first was asked", [well, well], [0], "may-probe", "1 usual"],
  ["nobody, where all were", [well, well], [0, 1], "may-probe", "nobody"],
  ["the next, where the first is left alone", [open, well], [], "may-probe", "1 usual"],
  ["the first to find out", [rested, well], [], "may-probe", "0 probe"],
  ["the next, where the request could go nowhere after that", [rested, well], [], "rather-not", "1 usual"],
  ["the first all the same, where there is nobody else", [rested, open], [], "rather-not", "0 probe"],
  ["the first although others fail there", [doubtful, well], [], "may-probe", "0 usual"],
  [
    "the next, where the first might fail and the request goes nowhere after that",
    [doubtful, well],
    [],
    "rather-not",
    "1 usual",
  ],
  ["the first that is not left alone, where all might fail", [rested, doubtful], [], "rather-not", "1 usual"],
  ["nobody, where all are left alone", [open, open], [], "may-probe", "nobody"],
  ["the one that its checks find well", [ill, well], [], "may-probe", "1 usual"],
  ["the first, where checks find nobody well", [ill, ill], [], "may-probe", "0 usual"],
  ["one that is to be found out about before one that is ill", [ill, rested], [], "rather-not", "1 probe"],
];
test.each(table)("%s", (_, standings, tried, probing, expected) => {
  const choice = choose(standings, new Set(tried), probing);
  expect(choice.type === "ask" ? `${choice.place} ${choice.as}` : choice.type).toBe(expected);
});
