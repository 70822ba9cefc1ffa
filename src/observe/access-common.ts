import type { Instant } from "../http/date.ts";
import type { Mask } from "../http/masked.ts";
import { rememberedWith } from "../http/remembered.ts";
import { eachSecond } from "./access-text.ts";
import type { ExchangeRecord } from "./record.ts";

/** Makes lines as Apache writes them by the name "common": `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /x HTTP/1.1" 200 2326`. */
export function commonLines(mask: Mask): (record: ExchangeRecord) => string {
  const targetOf = maskedTargets(mask);
  return (record) => `${commonPart(record, targetOf)}\n`;
}

/** The same with Referer and User-Agent behind it, which Apache calls "combined". */
export function combinedLines(mask: Mask): (record: ExchangeRecord) => string {
  const targetOf = maskedTargets(mask);
  return (record) => {
    const { headers } = record;
    const referer = mask(headers.get("referer") ?? "");
    return `${commonPart(record, targetOf)} "${field(referer)}" "${field(headers.get("user-agent"))}"\n`;
  };
}

function commonPart(record: ExchangeRecord, targetOf: (url: URL) => string): string {
  const { at, method, url, status, bytes } = record;
  // Apache's %b has a dash for no content. Bun does not say which version of HTTP a request has.
  const size = bytes === undefined || !(bytes > 0) ? "-" : String(bytes);
  return `${field(record.client())} - - [${timeOf(at)}] "${escaped(method)} ${targetOf(url)} HTTP/1.1" ${status} ${size}`;
}

/** Path and query as the client asked. */
function maskedTargets(mask: Mask): (url: URL) => string {
  return rememberedWith((url: URL) => escaped(mask(url.pathname + url.search)));
}

/** A dash stands for what is not there. */
function field(value: string | null): string {
  return value === null || value === "" ? "-" : escaped(value);
}

/** What Apache writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** As Apache's `ap_escape_logitem` has it: quotes, backslashes, control characters and all bytes beyond ASCII. */
function escaped(text: string): string {
  return PLAIN.test(text) ? text : [...Buffer.from(text, inBytes(text))].map(escapedByte).join("");
}

/** Bun gives each byte of a field as one character; anything else comes in UTF-8. */
function inBytes(text: string): "latin1" | "utf8" {
  return /^[\0-\xff]*$/.test(text) ? "latin1" : "utf8";
}

const NAMED: ReadonlyMap<number, string> = new Map([
  ...Object.entries({ b: 8, t: 9, n: 10, v: 11, r: 13 }).map(([letter, byte]) => [byte, `\\${letter}`] as const),
  ...['"', "\\"].map((character) => [character.charCodeAt(0), `\\${character}`] as const),
]);

function escapedByte(byte: number): string {
  const named = NAMED.get(byte);
  if (named !== undefined) return named;
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** `10/Oct/2000:13:55:36 -0700`, in the machine's zone. */
const timeOf = eachSecond((at: Instant): string => {
  const date = new Date(at);
  const behind = date.getTimezoneOffset();
  const zone = `${behind > 0 ? "-" : "+"}${two(Math.floor(Math.abs(behind) / 60))}${two(Math.abs(behind) % 60)}`;
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}:${time} ${zone}`;
});

function two(count: number): string {
  return String(count).padStart(2, "0");
}
