import { lifetime } from "../caching/freshness.ts";
import type { CacheKey } from "../caching/key.ts";
import type { Moment } from "../caching/moment.ts";
import type { Policy } from "../caching/policy.ts";
import type { Reading, StoredResponse } from "../caching/stored.ts";
import { NO_RESPONSE_DIRECTIVES } from "../http/cache-control.ts";
import { type BodySeal, type Head, isHead } from "./head-shape.ts";

/** Of what is written here. Whoever changes `Reading` or `StoredResponse` counts it up: what others wrote before is a miss then. */
export const FORMAT = 1;

/** A head that was read, to be joined with its body. */
export type ReadHead = { readonly stored: StoredResponse; readonly body: BodySeal };

/**
 * Writes all but the body as one line of text, sealed with a hash of itself. Names of fields come back in lower case unless Bun
 * knows them, as from the memory tier.
 */
export function writeHead(stored: StoredResponse, body: BodySeal): string {
  const { headers, body: _body, reading, sentAt: _sentAt, ...rest } = stored;
  const { arrivedAt: _arrivedAt, ...timeless } = reading;
  const head: Head = { stored: rest, headers: [...headers], reading: timeless, body };
  return sealed(JSON.stringify(head));
}

/**
 * Reads a head, with an empty body in place of its own. It counts as asked for when it is read: that late the store still vouched for it.
 * @param key under which it was found; what belongs under another one is none
 * @param policy by which a lifetime that nobody stated is guessed, which may be another one by now
 * @returns undefined where it is torn, of another format, of another key or of somebody else
 */
export function readHead(text: string, key: CacheKey, now: Moment, policy: Policy): ReadHead | undefined {
  try {
    const json = unsealed(text);
    return json === undefined ? undefined : headIn(json, key, now, policy);
  } catch {
    // A seal is no signature: whoever may write there can seal what is no head, or fields that are none.
    return undefined;
  }
}

function headIn(json: string, key: CacheKey, now: Moment, policy: Policy): ReadHead | undefined {
  const read: unknown = JSON.parse(json);
  if (!isHead(read)) return undefined;
  const { stored, headers, reading, body } = read;
  if (stored.key !== key) return undefined;
  const fields = new Headers();
  for (const [name, value] of headers) fields.append(name, value);
  return {
    stored: { ...stored, headers: fields, body: NONE, reading: revived(reading, now, policy), sentAt: now.steady },
    body,
  };
}

function revived(read: Omit<Reading, "arrivedAt">, now: Moment, policy: Policy): Reading {
  const { responseTime, expires, lastModified, etag, strongValidator, contentRange, language } = read;
  const directives = { ...NO_RESPONSE_DIRECTIVES, ...read.directives };
  const arrivedAt = now.steady - Math.max(0, now.wall - responseTime);
  // JSON has no undefined: named, they are there.
  const reading = {
    ...read,
    directives,
    expires,
    lastModified,
    etag,
    strongValidator,
    contentRange,
    language,
    arrivedAt,
  };
  return read.lifetime.source === "purged" ? reading : { ...reading, lifetime: lifetime(reading, policy) };
}

/** A text with what shows whether it was written here, by this format, and is whole. */
export function sealed(text: string): string {
  return `${FORMAT} ${hashed(text)} ${text}`;
}

/** The text that was sealed; undefined where it is torn or of another format. */
export function unsealed(written: string): string | undefined {
  const [format, hash] = written.split(" ", 2);
  if (format !== String(FORMAT) || hash === undefined) return undefined;
  const text = written.slice(format.length + hash.length + 2);
  return hashed(text) === hash ? text : undefined;
}

/** The seal of a body, which is read a piece at a time. */
export async function sealOf(body: Blob): Promise<BodySeal> {
  let hash = 0n;
  for (let at = 0; at < body.size; at += PIECE) {
    hash = Bun.hash.xxHash64(await body.slice(at, at + PIECE).bytes(), hash);
  }
  return { size: body.size, hash: hash.toString(36) };
}

/** Whether a body is the one that was sealed. */
export async function isWhole(body: Blob, seal: BodySeal): Promise<boolean> {
  return isSame(await sealOf(body), seal);
}

/** The same of one that is there in one piece. */
export function areWhole(bytes: Uint8Array<ArrayBuffer>, seal: BodySeal): boolean {
  let hash = 0n;
  for (let at = 0; at < bytes.length; at += PIECE) hash = Bun.hash.xxHash64(bytes.subarray(at, at + PIECE), hash);
  return isSame({ size: bytes.length, hash: hash.toString(36) }, seal);
}

function isSame(a: BodySeal, b: BodySeal): boolean {
  return a.size === b.size && a.hash === b.hash;
}

const PIECE = 1024 * 1024;
const NONE = new Blob([]);

function hashed(text: string): string {
  return Bun.hash.xxHash64(text).toString(36);
}
