import type { Instant, Milliseconds } from "../http/date.ts";

/** What has no look of its own, steers terminals, or turns the direction of text round: all but printable ASCII. */
const UNPRINTABLE = /[^ -~]/;
const ALL_UNPRINTABLE = /[^ -~]/g;

/** A text as a person may see it: nothing in it ends a line, colours it or moves the cursor. */
export function visible(text: string): string {
  return UNPRINTABLE.test(text) ? text.replace(ALL_UNPRINTABLE, escaped) : text;
}

/** What stands in a JSON string as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A text as JSON, in printable ASCII, so that no line ends early for any reader. */
export function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : asciiJson(text);
}

/** Any value as JSON in printable ASCII. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(ALL_UNPRINTABLE, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Makes a text of each second once: many lines share one. */
export function eachSecond(make: (at: Instant) => string): (at: Instant) => string {
  let second = Number.NaN;
  let text = "";
  return (at) => {
    const current = Math.floor(at / 1000);
    if (current !== second) {
      second = current;
      text = make(current * 1000);
    }
    return text;
  };
}

/** All that can stand behind a decimal point, of thousandths: `.5`, `.25`, nothing for none. */
const THOUSANDTHS = Array.from({ length: 1000 }, (_, count) => String(count / 1000).slice(1));

/** A time to the microsecond, which is made of whole numbers: a fraction takes the longest to print. */
export function milliseconds(ms: Milliseconds): string {
  const thousandths = Math.round(ms * 1000);
  return `${Math.floor(thousandths / 1000)}${THOUSANDTHS[thousandths % 1000] ?? ""}`;
}
