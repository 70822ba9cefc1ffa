import { rememberedTexts } from "./remembered.ts";

/** A span of time in milliseconds. */
export type Milliseconds = number;

/** A point in time in milliseconds since the epoch. */
export type Instant = number;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const SHORT_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)";
const LONG_DAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
const TIME = "(\\d{2}):(\\d{2}):(\\d{2})";
const MONTH = `(${MONTHS.join("|")})`;

// Names compare without case: the grammar is case-sensitive, but a recipient may be lenient and nothing is ambiguous.
const IMF_FIXDATE = new RegExp(`^${SHORT_DAY}, (\\d{2}) ${MONTH} (\\d{4}) ${TIME} gmt$`, "i");
const RFC850 = new RegExp(`^${LONG_DAY}, (\\d{2})-${MONTH}-(\\d{2}) ${TIME} gmt$`, "i");
const ASCTIME = new RegExp(`^${SHORT_DAY} ${MONTH} ([ \\d]\\d) ${TIME} (\\d{4})$`, "i");

/**
 * Reads an HTTP-date in any of its three forms (RFC 9110 §5.6.7); anything else is no date, as `Date.parse` would be far too kind.
 * @param value the whole field value
 * @param now needed by the two-digit year alone: one that lies more than 50 years ahead is meant to be in the past
 * @returns undefined where the value is not a valid HTTP-date
 */
export function parseHttpDate(value: string, now: Instant): Instant | undefined {
  const imf = parseImf(value);
  if (imf !== "none") return imf.at;
  const rfc850 = RFC850.exec(value);
  if (rfc850) {
    const thisYear = new Date(now).getUTCFullYear();
    const sameCentury = thisYear - (thisYear % 100) + Number(rfc850[3]);
    const inYear = (year: number) => instant(year, rfc850[2], Number(rfc850[1]), rfc850[4], rfc850[5], rfc850[6]);
    const limit = new Date(now).setUTCFullYear(thisYear + 50);
    const at = sameCentury > thisYear + 50 ? undefined : inYear(sameCentury);
    return at === undefined || at > limit ? inYear(sameCentury - 100) : at;
  }
  const asctime = ASCTIME.exec(value);
  if (asctime) return instant(Number(asctime[6]), asctime[1], Number(asctime[2]), asctime[3], asctime[4], asctime[5]);
  return undefined;
}

/** Writes an instant as IMF-fixdate (RFC 9110 §5.6.7), whole seconds. */
export function formatHttpDate(at: Instant): string {
  return new Date(at).toUTCString();
}

/** The usual form, remembered: an origin's Date is the same for a second. */
const parseImf = rememberedTexts(256, (value): { readonly at: Instant | undefined } | "none" => {
  const imf = IMF_FIXDATE.exec(value);
  return imf === null ? "none" : { at: instant(Number(imf[3]), imf[2], Number(imf[1]), imf[4], imf[5], imf[6]) };
});

function instant(
  year: number,
  monthName: string | undefined,
  day: number,
  hours: string | undefined,
  minutes: string | undefined,
  seconds: string | undefined,
): Instant | undefined {
  const month = MONTHS.indexOf((monthName ?? "").toLowerCase());
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  if (month < 0 || h > 23 || m > 59 || s > 60) return undefined;
  const date = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month, day);
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month) return undefined;
  return date.setUTCHours(h, m, s);
}
