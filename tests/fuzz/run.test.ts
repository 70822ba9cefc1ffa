import { expect, test } from "bun:test";
import { Random } from "./random.ts";
import { attack, corpusOf } from "./run.ts";
import { Finding, type Input, type Target } from "./target.ts";
import { TARGETS } from "./targets.ts";

/** A target that takes what it is given and minds one thing. */
function minding(play: (input: Input) => void | Promise<void>): Target {
  return {
    name: "fields",
    beside: 3,
    short: 1,
    draw: (random) => ["number", String(random.below(1000))],
    start: async () => ({ play: (input) => (input[0] === "number" ? play(input) : undefined) }),
  };
}

test("a finding names the case, which then is the same by itself", async () => {
  const target = minding(([, number]) => {
    if (Number(number) % 10 === 0) throw new Finding(`${number} ends with 0`);
  });
  const { found } = await attack(target, { seed: 5, first: 0, cases: 50 });
  const [first] = found;
  const number = Number(/^SEED=5 CASE=(\d+)$/.exec(first?.case ?? "")?.[1]);
  const again = await attack(target, { seed: 5, first: number, cases: 1 });
  expect(again.found).toEqual(first === undefined ? [] : [first]);
  expect(again.found).toHaveLength(1);
});

test("what throws is a finding, and so is what takes too long each time", async () => {
  const thrown = await attack(
    minding(() => {
      throw new TypeError("oops");
    }),
    { seed: 1, first: 0, cases: 1 },
  );
  expect(thrown.found[0]?.what).toContain("it throws TypeError: oops");
  const slow = await attack(
    minding(() => Bun.sleep(60)),
    { seed: 1, first: 0, cases: 1, slowMs: 20 },
  );
  expect(slow.found[0]?.what).toMatch(/^it takes \d+ ms, each time$/);
});

test.each(TARGETS.map((target) => [target.name, target] as const))(
  "%s has a corpus, and draws the same for the same seed",
  (name, target) => {
    expect(corpusOf(name).length).toBeGreaterThan(0);
    const drawn = (seed: number): readonly Input[] =>
      Array.from({ length: 20 }, (_, i) => target.draw(new Random(seed, i)));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  },
);
