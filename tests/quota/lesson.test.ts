import { expect, test } from "bun:test";
import { formatHttpDate } from "../../src/http/date.ts";
import { lessonOf } from "../../src/quota/lesson.ts";
import { LONGEST_REFUSAL, type Refusal } from "../../src/quota/verdict.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const spent = { "x-ratelimit-limit": "10", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" };

test.each<[why: string, status: number, fields: Record<string, string>, refusal: Refusal | undefined]>([
  ["seconds", 429, { "retry-after": "7" }, { why: "refused", until: NOW + 7000 }],
  ["a date", 429, { "retry-after": formatHttpDate(NOW + 7000) }, { why: "refused", until: NOW + 7000 }],
  ["an overload", 503, { "retry-after": "7" }, { why: "overloaded", until: NOW + 7000 }],
  [
    "longer than anybody should believe",
    429,
    { "retry-after": "86400" },
    { why: "refused", until: NOW + LONGEST_REFUSAL },
  ],
  ["at once", 429, { "retry-after": "0" }, undefined],
  ["nothing", 429, {}, undefined],
  ["nonsense", 429, { "retry-after": "soon" }, undefined],
  ["nothing but a quota that is used up", 429, spent, { why: "refused", until: NOW + 30_000 }],
  ["both", 429, { ...spent, "retry-after": "7" }, { why: "refused", until: NOW + 7000 }],
  ["a quota of which something is left", 429, { ...spent, "x-ratelimit-remaining": "1" }, undefined],
  ["an overload and a quota that is used up", 503, spent, undefined],
  ["a status that has nothing to do with it", 403, { ...spent, "retry-after": "7" }, undefined],
  ["an answer that used a quota up", 200, spent, undefined],
])("%s: until when it refuses", (_, status, fields, refusal) => {
  expect(lessonOf({ status, headers: new Headers(fields), sentAt: NOW }, NOW)?.refusal).toEqual(refusal);
});

test("what says nothing teaches nothing", () => {
  expect(lessonOf({ status: 200, headers: new Headers({ "retry-after": "7" }), sentAt: NOW }, NOW)).toBeUndefined();
});
