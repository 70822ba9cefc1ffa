import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Verdict } from "../../src/caching/ruling.ts";
import type { CacheStatus } from "../../src/http/cache-status.ts";
import type { Reply } from "../../src/http/exchange.ts";
import { requestFields, responseFields } from "../caching/arbitraries.ts";
import { type Fields, SECOND } from "../caching/build.ts";
import { made } from "../http/made.ts";
import { Site, settled } from "./site.ts";

/** What a verdict lets one expect of the answer, in words that the answer has, too. */
function expected(verdict: Verdict): string {
  switch (verdict.type) {
    case "fresh":
    case "stale":
      return `hit ttl=${verdict.ttlSeconds}`;
    case "gateway-timeout":
      return "none only-if-cached";
    case "answered":
      return `none ${verdict.detail}`;
    default:
      return `forward ${verdict.fwd}`;
  }
}

function came(cacheStatus: CacheStatus | undefined): string {
  switch (cacheStatus?.type) {
    case "hit":
      return `hit ttl=${cacheStatus.ttl}`;
    case "forward":
      return `forward ${cacheStatus.fwd}`;
    default:
      return `${cacheStatus?.type} ${cacheStatus?.type === "none" ? cacheStatus.detail : ""}`;
  }
}

/** Asks, and has the origin say the same as often as it is asked meanwhile. */
async function answered(site: Site, fields: Fields, answer: [number, Fields, string]): Promise<Reply> {
  let next = site.pending.length;
  let reply: Reply | undefined;
  const asking = (await site.ask(fields)).reply.then((came) => {
    reply = came;
  });
  while (reply === undefined) {
    for (; next < site.pending.length; next++) site.pending[next]?.answer(...answer);
    await settled();
  }
  await asking;
  return reply;
}

type Situation = {
  readonly before: [asked: Fields, answer: Fields][];
  readonly seconds: number;
  readonly asked: Fields;
  readonly more: Fields;
};

const situations: fc.Arbitrary<Situation> = fc.record({
  before: fc.array(fc.tuple(requestFields, responseFields), { maxLength: 2 }),
  seconds: fc.constantFrom(0, 5, 15, 25, 35, 100),
  asked: requestFields,
  more: fc.constantFrom<Fields>({}, {}, {}, { "if-match": '"x"' }),
});

/** One in two hundred is: too few to rely on. */
const STALE: Situation = {
  before: [[{}, { "cache-control": "max-age=10, stale-while-revalidate=60" }]],
  seconds: 15,
  asked: {},
  more: {},
};

test("what is explained is what then happens, and explaining it changes nothing", async () => {
  const reached = new Set<string>();
  await fc.assert(
    fc.asyncProperty(situations, async ({ before, seconds, asked, more }) => {
      // Each look at the clock is later than the one before, and yet no age ever changes by itself.
      let ticks = 0;
      const site = new Site({ steady: () => ++ticks / 1e6 });
      for (const [fields, answer] of before) {
        const { response } = await answered(site, fields, [200, answer, "page"]);
        await made(response).text();
      }
      site.now += seconds * SECOND;
      const fields = { ...asked, ...more };
      const headers = Object.entries(fields);
      const supposed = { url: "http://localhost/x", method: "GET", headers, name: "stated" } as const;
      const sent = site.pending.length;
      const first = await site.cache.explain(supposed);
      const { verdict } = await site.cache.explain(supposed);
      expect(verdict).toEqual(first.verdict);
      expect(site.pending.length).toBe(sent);
      const { cacheStatus } = await answered(site, fields, [404, { "cache-control": "no-store" }, "gone"]);
      expect(came(cacheStatus)).toBe(expected(verdict));
      reached.add(verdict.type);
    }),
    { numRuns: 500, examples: [[STALE]] },
  );
  expect([...reached].sort()).toEqual(["bypass", "forward", "fresh", "gateway-timeout", "stale", "validate"]);
});
