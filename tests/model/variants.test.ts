import { expect, test } from "bun:test";
import fc from "fast-check";
import { Harness, type Page } from "./harness.ts";
import { PATIENCE, runs } from "./runs.ts";

const NAMES = ["x-flavour", "x-size", "x-other"];
const value = fc.constantFrom("a", "b", "a b", "");
/** A request's selecting header fields; some are absent. */
const asked = fc.dictionary(fc.constantFrom(...NAMES), value, { noNullPrototype: true });
/** A name in a case of its own. */
const styled = fc.shuffledSubarray(NAMES, { minLength: NAMES.length }).map((names) => {
  return names.map((name, i) => (i === 0 ? name.toUpperCase() : name)).join(names[0] === "x-size" ? "," : " , ");
});

type Wish = Readonly<Record<string, string>>;

function said(wish: Wish): string {
  return NAMES.map((name) => wish[name] ?? "nothing").join("/");
}

/** A cache that holds the variants that were asked for in this order. Each says what it was made for. */
async function holding(wishes: readonly (readonly [Wish, string])[]): Promise<Harness> {
  const varies = new Map(wishes.map(([wish, vary]) => [said(wish), vary]));
  const harness = new Harness(({ fields }) => {
    const body = said(fields);
    const vary = varies.get(body) ?? NAMES.join();
    const page: Page = { status: 200, fields: { "cache-control": "max-age=100", vary }, body, framing: "announced" };
    return { deed: page, delay: 0 };
  });
  for (const [fields] of wishes) await harness.get({ url: "/", fields });
  return harness;
}

test(
  "RFC 9111 §4.1: the order of variants does not matter, nor that of the names in Vary",
  async () => {
    const wishes = fc
      .array(fc.tuple(asked, styled), { minLength: 1, maxLength: 6 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    await fc.assert(
      fc.asyncProperty(wishes, asked, async ([one, other], stranger) => {
        const answers = await Promise.all(
          [one, other].map(async (order) => {
            const harness = await holding(order);
            const before = harness.sent.length;
            expect(before).toBe(new Set(one.map(([wish]) => said(wish))).size);
            const got = await Promise.all(one.map(([fields]) => harness.ask({ url: "/", fields })));
            expect(harness.sent).toHaveLength(before);
            expect(got.map(({ bytes }) => bytes)).toEqual(one.map(([wish]) => said(wish)));
            return (await harness.get({ url: "/", fields: stranger })).bytes;
          }),
        );
        expect(answers).toEqual([said(stranger), said(stranger)]);
      }),
      runs(120),
    );
  },
  PATIENCE,
);
