import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Got, Harness, type Page, START } from "./harness.ts";
import { PATIENCE, runs } from "./runs.ts";

/** What a response says of its time as it arrives, and how long it took. All but the Age are in ms. */
const arrival = fc.record({
  age: fc.option(fc.nat(1000), { nil: undefined }),
  /** Before the origin answered. */
  date: fc.option(fc.integer({ min: -100_000, max: 100_000 }), { nil: undefined }),
  delay: fc.nat(5000),
});

type Arrival = typeof arrival extends fc.Arbitrary<infer T> ? T : never;

function holding({ age, date, delay }: Arrival): Harness {
  const fields = {
    "cache-control": "max-age=100000",
    ...(age === undefined ? {} : { age: String(age) }),
    ...(date === undefined ? {} : { date: new Date(START - date).toUTCString() }),
  };
  const page: Page = { status: 200, fields, body: "aged", framing: "announced" };
  return new Harness(() => ({ deed: page, delay: delay / 1000 }));
}

/** The age in whole seconds of what is stored. */
async function ageOf(harness: Harness): Promise<number> {
  const got: Got = await harness.get({ url: "/", fields: { "cache-control": "only-if-cached, max-stale" } });
  expect(got.bytes).toBe("aged");
  return Number(got.fields.age);
}

test(
  "RFC 9111 §4.2.3: age never falls as time rises, nor runs ahead of it or behind",
  async () => {
    await fc.assert(
      fc.asyncProperty(arrival, fc.array(fc.nat(100_000), { maxLength: 10 }), async (came, steps) => {
        const harness = holding(came);
        await harness.get({ url: "/" });
        const first = await ageOf(harness);
        // Date says how old it was, but not to the second; Age and the time that it took do.
        const [least, apparent] = [(came.age ?? 0) + came.delay / 1000, ((came.date ?? 0) + came.delay) / 1000];
        expect(first).toBeGreaterThanOrEqual(Math.floor(least));
        expect(Math.abs(first - Math.max(least, apparent))).toBeLessThanOrEqual(1);
        let [before, elapsed] = [first, 0];
        for (const step of steps) {
          harness.step(step / 1000);
          elapsed += step / 1000;
          const now = await ageOf(harness);
          expect(now).toBeGreaterThanOrEqual(before);
          expect(now - first).toBeGreaterThanOrEqual(Math.floor(elapsed));
          expect(now - first).toBeLessThanOrEqual(Math.ceil(elapsed));
          before = now;
        }
      }),
      runs(200),
    );
  },
  PATIENCE,
);

test(
  "RFC 9111 §4.2.3: no step of the clock, not even backwards, makes a response younger than it arrived",
  async () => {
    await fc.assert(
      fc.asyncProperty(arrival, fc.array(fc.integer({ min: -10_000, max: 10_000 })), async (came, steps) => {
        const harness = holding(came);
        await harness.get({ url: "/" });
        const first = await ageOf(harness);
        for (const step of steps) {
          harness.step(step);
          expect(await ageOf(harness)).toBeGreaterThanOrEqual(first);
        }
      }),
      runs(100),
    );
  },
  PATIENCE,
);
