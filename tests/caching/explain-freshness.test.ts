import { describe, expect, test } from "bun:test";
import { explainFreshness } from "../../src/caching/explain-freshness.ts";
import { dateAt, type Fields, moment, SECOND, stored, T0 } from "./build.ts";

describe("RFC 9111 §4.2: a lifetime and where it comes from", () => {
  test.each<[Fields, number, string]>([
    [
      { "cache-control": "s-maxage=20, max-age=30" },
      20,
      "the response said s-maxage in Cache-Control (RFC 9111 §4.2.1)",
    ],
    [{ "cdn-cache-control": "max-age=9" }, 9, "the response said max-age in CDN-Cache-Control (RFC 9111 §4.2.1)"],
    [{ expires: dateAt(40) }, 40, "the response said Expires (RFC 9111 §5.3)"],
    [
      { "last-modified": dateAt(-1000) },
      100,
      "the response states none: a tenth of the time since its Last-Modified (RFC 9111 §4.2.2)",
    ],
    [{}, 120, "the response states none: --ttl (RFC 9111 §4.2.2)"],
  ])("%j", (fields, lifetimeSeconds, says) => {
    expect(explainFreshness(stored({ fields }), moment(T0))).toMatchObject({ lifetimeSeconds, says });
  });

  test("the age that it had when it came, and what is left of the windows", () => {
    const control = "max-age=30, stale-while-revalidate=10, stale-if-error=60";
    const one = stored({ fields: { "cache-control": control, age: "5" } });
    expect(explainFreshness(one, moment(T0 + 29 * SECOND))).toMatchObject({
      ...{ ageSeconds: 34, ageOnArrivalSeconds: 5, remainingSeconds: -4 },
      ...{ staleWhileRevalidate: { seconds: 10, leftSeconds: 6 }, staleIfError: { seconds: 60, leftSeconds: 56 } },
    });
    expect(explainFreshness(one, moment(T0)).staleWhileRevalidate).toEqual({ seconds: 10, leftSeconds: 10 });
    expect(explainFreshness(one, moment(T0 + 99 * SECOND)).staleWhileRevalidate?.leftSeconds).toBe(0);
  });
});
