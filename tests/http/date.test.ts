import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatHttpDate, parseHttpDate } from "../../src/http/date.ts";
import { fieldText } from "./arbitrary.ts";

const now = Date.UTC(2026, 5, 15, 12);
const example = Date.UTC(1994, 10, 6, 8, 49, 37);

describe("the three forms", () => {
  test.each([
    ["IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT"],
    ["rfc850-date", "Sunday, 06-Nov-94 08:49:37 GMT"],
    ["asctime-date", "Sun Nov  6 08:49:37 1994"],
    ["asctime-date with a zero", "Sun Nov 06 08:49:37 1994"],
    ["lower case", "sun, 06 nov 1994 08:49:37 gmt"],
    ["upper case", "SUNDAY, 06-NOV-94 08:49:37 GMT"],
    ["mixed case", "sUN nOV  6 08:49:37 1994"],
    ["a wrong day of the week", "Mon, 06 Nov 1994 08:49:37 GMT"],
  ])("RFC 9110 §5.6.7: %s is read", (_, value) => {
    expect(parseHttpDate(value, now)).toBe(example);
  });

  test.each([
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["Wed, 31 Dec 1969 23:59:59 GMT", -1000],
    ["Sat, 29 Feb 2020 00:00:00 GMT", Date.UTC(2020, 1, 29)],
    ["Tue, 29 Feb 2000 23:59:59 GMT", Date.UTC(2000, 1, 29, 23, 59, 59)],
    ["Fri, 31 Dec 9999 23:59:59 GMT", Date.UTC(9999, 11, 31, 23, 59, 59)],
    ["Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1)],
  ])("RFC 9110 §5.6.7: %s is %d", (value, at) => {
    expect(parseHttpDate(value, now)).toBe(at);
  });

  test("RFC 9110 §5.6.7: the first century is not the twentieth", () => {
    const at = parseHttpDate("Fri, 31 Dec 0099 00:00:00 GMT", now);
    expect(at === undefined ? undefined : new Date(at).getUTCFullYear()).toBe(99);
  });
});

describe("what is no date", () => {
  test.each([
    "",
    "0",
    "-1",
    "1994",
    "now",
    "Sun",
    "1994-11-06T08:49:37Z",
    "06 Nov 1994 08:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 06-Nov-1994 08:49:37 GMT",
    "Sunday, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 Nov 1994 08:49 GMT",
    "Sun,  06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    " Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    "Xxx, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994",
    "Sun Nov  6 08:49:37 1994 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 32 Jan 1994 08:49:37 GMT",
    "Sun, 29 Feb 2023 00:00:00 GMT",
    "Sun, 29 Feb 1900 00:00:00 GMT",
    "Sun, 30 Feb 2024 00:00:00 GMT",
    "Sunday, 29-Feb-23 00:00:00 GMT",
    "Sun Feb 29 00:00:00 2023",
    "Sun Nov  0 08:49:37 1994",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
  ])("RFC 9110 §5.6.7: %j", (value) => {
    expect(parseHttpDate(value, now)).toBeUndefined();
  });
});

describe("years of two digits", () => {
  test.each([
    ["26", 2026, now],
    ["25", 2025, now],
    ["27", 2027, now],
    ["00", 2000, now],
    ["76", 2076, now],
    ["77", 1977, now],
    ["99", 1999, now],
    ["50", 1950, Date.UTC(1999, 11, 31)],
    ["49", 1949, Date.UTC(1999, 11, 31)],
  ])("RFC 9110 §5.6.7: %s is %d, since more than 50 years ahead is the past", (year, full, at) => {
    expect(parseHttpDate(`Monday, 01-Jun-${year} 00:00:00 GMT`, at)).toBe(Date.UTC(full, 5, 1));
  });

  test("RFC 9110 §5.6.7: the limit of 50 years is a point in time, not a year", () => {
    expect(parseHttpDate("Monday, 15-Jun-76 12:00:00 GMT", now)).toBe(Date.UTC(2076, 5, 15, 12));
    expect(parseHttpDate("Monday, 15-Jun-76 12:00:01 GMT", now)).toBe(Date.UTC(1976, 5, 15, 12, 0, 1));
  });

  test("RFC 9110 §5.6.7: nothing is ever read as more than 50 years ahead", () => {
    fc.assert(
      fc.property(fc.nat(99), fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) }), (year, at) => {
        const parsed = parseHttpDate(`Monday, 31-Dec-${String(year).padStart(2, "0")} 23:59:59 GMT`, at);
        expect(parsed).toBeDefined();
        expect(parsed ?? Number.NaN).toBeLessThanOrEqual(
          new Date(at).setUTCFullYear(new Date(at).getUTCFullYear() + 50),
        );
      }),
    );
  });
});

describe("writing", () => {
  test("RFC 9110 §5.6.7: what is sent is IMF-fixdate", () => {
    expect(formatHttpDate(example)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
    expect(formatHttpDate(example + 999)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
  });

  test("RFC 9110 §5.6.7: what is written reads back to the second", () => {
    const range = { min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) };
    fc.assert(
      fc.property(fc.integer(range), (at) => {
        expect(parseHttpDate(formatHttpDate(at), now)).toBe(Math.floor(at / 1000) * 1000);
      }),
    );
  });

  test("RFC 9110 §5.6.7: any text is a whole second or no date", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        expect((parseHttpDate(value, now) ?? 0) % 1000).toBe(0);
      }),
    );
  });
});
