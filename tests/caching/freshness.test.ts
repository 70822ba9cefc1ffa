import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { currentAge, initialAge, isHeuristicallyCacheable, type LifetimeSource } from "../../src/caching/freshness.ts";
import { DAY, dateAt, HOUR, moment, NO_DEFAULT, POLICY, type ResponseParts, reading, SECOND, T0 } from "./build.ts";

const yesterday = dateAt(-86_400);

describe("lifetime", () => {
  test.each<[string, ResponseParts, number, LifetimeSource]>([
    [
      "s-maxage before max-age and Expires",
      { fields: { "cache-control": "max-age=10, s-maxage=20", expires: dateAt(30) } },
      20,
      "s-maxage",
    ],
    ["max-age before Expires", { fields: { "cache-control": "max-age=10", expires: dateAt(30) } }, 10, "max-age"],
    ["s-maxage of 0 before max-age", { fields: { "cache-control": "max-age=10, s-maxage=0" } }, 0, "s-maxage"],
    ["an unreadable s-maxage before max-age", { fields: { "cache-control": "max-age=10, s-maxage=x" } }, 0, "s-maxage"],
    [
      "an unreadable max-age before Expires",
      { fields: { "cache-control": "max-age", expires: dateAt(9) } },
      0,
      "max-age",
    ],
    ["Expires minus Date", { fields: { expires: dateAt(30), date: dateAt(-10) } }, 40, "expires"],
    ["Expires before Date", { fields: { expires: dateAt(-30), date: dateAt(-10) } }, 0, "expires"],
    ["Expires minus arrival without a valid Date", { fields: { expires: dateAt(30), date: "x" } }, 30, "expires"],
    ["Expires before Last-Modified", { fields: { expires: dateAt(30), "last-modified": yesterday } }, 30, "expires"],
    ["an error that states one", { status: 500, fields: { "cache-control": "max-age=5" } }, 5, "max-age"],
    ["no-cache beside a stated one", { fields: { "cache-control": "no-cache, max-age=5" } }, 5, "max-age"],
    ["a personal one that is stated", { personal: true, fields: { "cache-control": "max-age=5" } }, 5, "max-age"],
  ])("RFC 9111 §4.2.1: %s", (_, parts, seconds, source) => {
    expect(reading(parts).lifetime).toEqual({ ms: seconds * SECOND, source });
  });

  test.each(["0", "-1", "", "now", "2030-01-01", `${dateAt(30)}, ${dateAt(60)}`])(
    "RFC 9111 §5.3: an Expires of %j is in the past",
    (expires) => {
      const fields = { expires, "last-modified": yesterday };
      expect(reading({ fields }).lifetime).toEqual({ ms: 0, source: "expires" });
    },
  );

  test.each([
    ["a tenth of the time since it changed", dateAt(-1000), 100 * SECOND],
    ["at most a day", dateAt(-100 * 86_400), DAY],
    ["nothing where it changed just now", dateAt(0), 0],
    ["nothing where it changed after Date", dateAt(60), 0],
  ])("RFC 9111 §4.2.2: the guess is %s", (_, lastModified, ms) => {
    expect(reading({ fields: { "last-modified": lastModified } }).lifetime).toEqual({ ms, source: "heuristic" });
  });

  test.each([
    [500, {}, "none"],
    [500, { "cache-control": "public" }, "heuristic"],
    [206, {}, "heuristic"],
    [302, {}, "none"],
    [404, {}, "heuristic"],
    [501, {}, "heuristic"],
  ] as const)("RFC 9111 §4.2.2: a guess from Last-Modified for %d with %j: %s", (status, fields, source) => {
    expect(reading({ status, fields: { "last-modified": yesterday, ...fields } }).lifetime.source).toBe(source);
  });

  test.each([
    [200, true],
    [203, true],
    [204, true],
    [206, true],
    [300, true],
    [301, true],
    [302, false],
    [303, false],
    [307, false],
    [308, true],
    [403, false],
    [404, true],
    [405, true],
    [410, true],
    [414, true],
    [500, false],
    [501, true],
    [503, false],
  ])("RFC 9110 §15.1: %d is heuristically cacheable: %p", (status, cacheable) => {
    expect(isHeuristicallyCacheable(status)).toBe(cacheable);
  });

  test.each([200, 203, 300, 301, 308])("RFC 9111 §4.2.2: --ttl covers %d", (status) => {
    expect(reading({ status }).lifetime).toEqual({ ms: POLICY.defaultTtl, source: "default" });
    expect(reading({ status, policy: NO_DEFAULT }).lifetime).toEqual({ ms: 0, source: "none" });
  });

  test.each([204, 302, 307, 400, 404, 405, 410, 500, 501, 503])(
    "RFC 9111 §4.2.2: --ttl does not cover %d",
    (status) => {
      expect(reading({ status }).lifetime).toEqual({ ms: 0, source: "none" });
    },
  );

  test.each<[string, ResponseParts]>([
    ["a personal request", { personal: true }],
    ["a cookie that is set", { fields: { "set-cookie": "a=1" } }],
    ["no-cache", { fields: { "cache-control": "no-cache" } }],
    ["Pragma: no-cache", { fields: { pragma: "no-cache" } }],
    ["a stream of events", { fields: { "content-type": "text/event-stream; charset=utf-8" } }],
  ])("RFC 9111 §4.2.2: nobody guesses for %s", (_, parts) => {
    expect(reading(parts).lifetime).toEqual({ ms: 0, source: "none" });
    const lastModified = { ...parts, fields: { ...parts.fields, "last-modified": yesterday } };
    expect(reading(lastModified).lifetime).toEqual({ ms: 0, source: "none" });
  });

  test("RFC 9111 §5.2.2.4: a qualified no-cache leaves the guess", () => {
    expect(reading({ fields: { "cache-control": 'no-cache="x-a"' } }).lifetime.source).toBe("default");
  });
});

describe("age", () => {
  // Seconds: Age, Date, asked and came from T0; the age on arrival.
  test.each([
    ["it comes at once", 0, 0, 0, 0, 0],
    ["Age alone", 30, 0, 0, 0, 30],
    ["Age and the time it took", 30, 5, 0, 5, 35],
    ["an older Date than Age says", 30, -100, 0, 5, 105],
    ["an older Age than Date says", 300, -100, 0, 5, 305],
    ["Date ahead of our clock", 10, 1000, 0, 0, 10],
    ["a clock that stepped back while waiting", 10, -5, 5, 0, 10],
  ])("RFC 9111 §4.2.3: on arrival: %s", (_, age, date, asked, came, onArrival) => {
    const at = (seconds: number) => T0 + seconds * SECOND;
    expect(initialAge(age, at(date), at(asked), at(came))).toBe(onArrival * SECOND);
  });

  test("RFC 9111 §4.2.3: less than a second after Date is its rounding, not an age", () => {
    expect(initialAge(0, T0, T0 + 999, T0 + 999)).toBe(0);
    expect(initialAge(0, T0, T0 + 1000, T0 + 1000)).toBe(1000);
  });

  test("RFC 9111 §4.2.3: in store it ages with the clock", () => {
    const of = { initialAge: 5 * SECOND, responseTime: T0, arrivedAt: 0 };
    expect(currentAge(of, moment(T0))).toBe(5 * SECOND);
    expect(currentAge(of, moment(T0 + 1))).toBe(5 * SECOND + 1);
    expect(currentAge(of, moment(T0 + HOUR))).toBe(HOUR + 5 * SECOND);
  });

  test.each([
    ["steps back at once", -HOUR, 0, 0],
    ["was set back some time ago", -HOUR, 120 * SECOND, 120 * SECOND],
    ["was set back by little", 60 * SECOND, 120 * SECOND, 120 * SECOND],
    ["was set forward", HOUR, 120 * SECOND, HOUR],
    ["went on while the machine slept", HOUR, 0, HOUR],
  ])("RFC 9111 §4.2.3: a wall clock that %s makes nothing younger than it is", (_, wall, steady, resident) => {
    const of = { initialAge: 5 * SECOND, responseTime: T0, arrivedAt: 7 };
    expect(currentAge(of, { wall: T0 + wall, steady: steady + 7 })).toBe(5 * SECOND + resident);
  });

  const time = fc.integer({ min: -DAY, max: DAY }).map((ms) => T0 + ms);

  test("RFC 9111 §4.2.3: an age is never below Age nor below 0, whatever the clocks say", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), time, time, time, time, (age, date, asked, came, now) => {
        const onArrival = initialAge(age, date, asked, came);
        expect(onArrival).toBeGreaterThanOrEqual(age * SECOND);
        const arrival = { initialAge: onArrival, responseTime: came, arrivedAt: came - T0 };
        expect(currentAge(arrival, moment(now))).toBeGreaterThanOrEqual(onArrival);
      }),
    );
  });

  test("RFC 9111 §4.2.3: age never falls as time rises", () => {
    fc.assert(
      fc.property(fc.nat(), time, time, time, (onArrival, came, a, b) => {
        const of = { initialAge: onArrival, responseTime: came, arrivedAt: came - T0 };
        expect(currentAge(of, moment(Math.min(a, b)))).toBeLessThanOrEqual(currentAge(of, moment(Math.max(a, b))));
      }),
    );
  });
});
