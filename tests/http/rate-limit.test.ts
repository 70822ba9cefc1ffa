import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { serializeItem } from "structured-headers";
import { formatHttpDate } from "../../src/http/date.ts";
import type { Quota } from "../../src/http/quota.ts";
import { readQuotas } from "../../src/http/rate-limit.ts";
import { fieldValue } from "./arbitrary.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const SECOND = 1000;
const EPOCH = NOW / SECOND;

type Fields = Readonly<Record<string, string>>;
type Case = readonly [why: string, fields: Fields, expected: readonly Quota[]];

const after = (seconds: number) => ({ resetsAt: NOW + seconds * SECOND });

describe("the draft of today", () => {
  test.each<Case>([
    [
      "both fields",
      { ratelimit: '"default";r=50;t=30', "ratelimit-policy": '"default";q=100;w=60' },
      [{ policy: "default", limit: 100, remaining: 50, ...after(30) }],
    ],
    [
      "several policies, each with its own",
      {
        ratelimit: '"hour";r=9;t=1800, "day";r=100',
        "ratelimit-policy": '"day";q=1000;w=86400;qu="requests", "hour";q=10;w=3600;pk=:cGs=:',
      },
      [
        { policy: "hour", limit: 10, remaining: 9, ...after(1800) },
        { policy: "day", limit: 1000, remaining: 100, ...after(86_400) },
      ],
    ],
    ["no policy", { ratelimit: '"default";r=5;t=7' }, [{ policy: "default", remaining: 5, ...after(7) }]],
    ["neither reset nor window", { ratelimit: '"default";r=5' }, [{ policy: "default", remaining: 5 }]],
    ["a Token for a name", { ratelimit: "default;r=5" }, [{ policy: "default", remaining: 5 }]],
    ["no remaining", { ratelimit: '"default";t=5' }, []],
    ["a negative one", { ratelimit: '"default";r=-1;t=5' }, []],
    ["a decimal one", { ratelimit: '"default";r=1.5;t=5' }, []],
    ["a text for one", { ratelimit: '"default";r="1";t=5' }, []],
    ["no name", { ratelimit: "50;r=1" }, []],
    ["an inner list", { ratelimit: '("default");r=1' }, []],
    ["a reset in years", { ratelimit: '"default";r=1;t=99999999' }, [{ policy: "default", remaining: 1 }]],
    ["what a cache had kept", { ratelimit: '"default";r=50;t=30', age: "7" }, []],
    [
      "what it has just got",
      { ratelimit: '"default";r=50;t=30', age: "0" },
      [{ policy: "default", remaining: 50, ...after(30) }],
    ],
  ])("%s", (_, fields, expected) => {
    expect(readQuotas(new Headers(fields), NOW)).toEqual(expected);
  });
});

describe("earlier drafts and what came before", () => {
  const DATE = formatHttpDate(NOW - 3600 * SECOND);
  test.each<Case>([
    ["draft 07", { ratelimit: "limit=100, remaining=50, reset=30" }, [{ limit: 100, remaining: 50, ...after(30) }]],
    ["with nothing but what is left", { ratelimit: "remaining=50" }, [{ remaining: 50 }]],
    ["with everything but that", { ratelimit: "limit=100, reset=50" }, []],
    [
      "draft 06",
      { "ratelimit-limit": "100", "ratelimit-remaining": "50", "ratelimit-reset": "30" },
      [{ limit: 100, remaining: 50, ...after(30) }],
    ],
    [
      "draft 03, with windows beside the limit",
      { "ratelimit-limit": "100, 100;w=60, 5000;w=3600", "ratelimit-remaining": "50", "ratelimit-reset": "30" },
      [{ limit: 100, remaining: 50, ...after(30) }],
    ],
    [
      "a window where there is no reset",
      { "ratelimit-limit": "100", "ratelimit-remaining": "50", "ratelimit-policy": "10;w=1, 100;w=60" },
      [{ limit: 100, remaining: 50, ...after(60) }],
    ],
    [
      "GitHub's seconds since the epoch",
      {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "12",
        "x-ratelimit-reset": String(EPOCH + 90),
        "x-ratelimit-resource": "core",
      },
      [{ policy: "core", limit: 5000, remaining: 12, ...after(90) }],
    ],
    [
      "by the clock of an origin whose clock is slow",
      { "x-ratelimit-remaining": "12", "x-ratelimit-reset": String(EPOCH - 3600 + 90), date: DATE },
      [{ remaining: 12, ...after(90) }],
    ],
    [
      "milliseconds since the epoch",
      { "x-ratelimit-remaining": "12", "x-ratelimit-reset": String(NOW + 1500) },
      [{ remaining: 12, ...after(1.5) }],
    ],
    [
      "fractions",
      { "x-ratelimit-remaining": "598.7", "x-ratelimit-reset": `${EPOCH}.5` },
      [{ remaining: 598, ...after(0.5) }],
    ],
    [
      "a reset that is over",
      { "x-ratelimit-remaining": "1", "x-ratelimit-reset": String(EPOCH - 5) },
      [{ remaining: 1, ...after(0) }],
    ],
    [
      "another spelling",
      { "x-rate-limit-limit": "15", "x-rate-limit-remaining": "14", "x-rate-limit-reset": "900" },
      [{ limit: 15, remaining: 14, ...after(900) }],
    ],
    [
      "a number between all that it could be",
      { "x-ratelimit-remaining": "1", "x-ratelimit-reset": "1000000000" },
      [{ remaining: 1 }],
    ],
    [
      "a date in words",
      { "x-ratelimit-remaining": "1", "x-ratelimit-reset": "2026-06-15T12:00:00Z" },
      [{ remaining: 1 }],
    ],
    ["a negative remainder", { "x-ratelimit-limit": "5", "x-ratelimit-remaining": "-1" }, []],
    ["an unlimited one", { "x-ratelimit-limit": "unlimited", "x-ratelimit-remaining": "unlimited" }, []],
    ["a limit alone", { "x-ratelimit-limit": "5" }, []],
    [
      "the draft's field before the others",
      { ratelimit: '"a";r=1', "x-ratelimit-remaining": "2" },
      [{ policy: "a", remaining: 1 }],
    ],
    ["nothing", {}, []],
  ])("%s", (_, fields, expected) => {
    expect(readQuotas(new Headers(fields), NOW)).toEqual(expected);
  });
});

const count = fc.nat({ max: 10_000_000 });
const ahead = fc.nat({ max: 31 * 86_400 });
const now = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2100, 0) });
const name = fc.stringMatching(/^[ !#-[\]-~]{0,20}$/);

test("what is written is read, in every form", () => {
  fc.assert(
    fc.property(name, count, count, ahead, now, (policy, limit, remaining, seconds, at) => {
      const resetsAt = at + seconds * SECOND;
      const item = (parameters: readonly (readonly [string, number])[]): string =>
        serializeItem([policy, new Map(parameters)]);
      const list = new Headers({
        ratelimit: item([
          ["r", remaining],
          ["t", seconds],
        ]),
        "ratelimit-policy": item([["q", limit]]),
      });
      expect(readQuotas(list, at)).toEqual([{ policy, limit, remaining, resetsAt }]);
      const dictionary = new Headers({ ratelimit: `limit=${limit}, remaining=${remaining}, reset=${seconds}` });
      expect(readQuotas(dictionary, at)).toEqual([{ limit, remaining, resetsAt }]);
      for (const prefix of ["RateLimit-", "X-RateLimit-", "X-Rate-Limit-"]) {
        const triple = (reset: number): Headers =>
          new Headers([
            [`${prefix}Limit`, String(limit)],
            [`${prefix}Remaining`, String(remaining)],
            [`${prefix}Reset`, String(reset)],
          ]);
        for (const reset of [seconds, resetsAt, resetsAt / SECOND])
          expect(readQuotas(triple(reset), at)).toEqual([{ limit, remaining, resetsAt }]);
      }
    }),
  );
});

test("whatever stands there, what is read makes sense", () => {
  const NAMES = [
    "ratelimit",
    "ratelimit-policy",
    "ratelimit-remaining",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "date",
    "age",
  ];
  const text = fc.oneof(fieldValue, fc.double().map(String), fc.bigInt().map(String));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...NAMES), text)), now, (fields, at) => {
      for (const { limit = 0, remaining, resetsAt = at } of readQuotas(new Headers(fields), at)) {
        for (const number of [limit, remaining]) expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
        expect(resetsAt).toBeGreaterThanOrEqual(at);
        expect(resetsAt).toBeLessThanOrEqual(at + 31 * 86_400 * SECOND);
      }
    }),
  );
});
