import type { Group } from "../../caching/group.ts";
import type { CacheKey } from "../../caching/key.ts";
import type { Moment } from "../../caching/moment.ts";
import { endedLifetime } from "../../caching/purge.ts";
import type { Selecting } from "../../caching/selecting.ts";
import { type Reading, reusableUntil, type StoredResponse } from "../../caching/stored.ts";
import type { Instant } from "../../http/date.ts";
import type { Arena } from "./arena.ts";
import { Derived, Shared } from "./shared.ts";

/** Up to this size a body is packed with the text, and copied when it is unpacked; a larger one is shared. */
export const SMALL_BODY = 4096;

/** What few kinds of responses have in common, held once for all of a kind. */
type Traits = Pick<StoredResponse, "method"> &
  Pick<Reading, "status" | "directives" | "personal" | "fleeting" | "lastModifiedIsStrong" | "contentRange"> &
  Pick<Reading, "language"> & {
    readonly source: Reading["lifetime"]["source"];
    readonly encoding: "latin1" | "utf16le";
  };

const traits = new Shared<Traits>();
/** The same after a soft purge. */
const purged = new Derived((before: Traits) => traits.of({ ...before, source: "purged" }));

/** A number on its way into an arena. */
const one = new Float64Array(1);
const oneBytes = new Uint8Array(one.buffer);

/**
 * A stored response as bytes in an arena, instead of thirty objects. Nothing is parsed when it is unpacked: what was read of the
 * fields lies there as it was read. Names of fields come back in lower case unless Bun knows them, since a `Headers` does not tell how they
 * were written (RFC 9110 §5.1).
 */
export class Packed {
  readonly groups: readonly Group[];
  /** Bytes that it takes in the arena. */
  readonly length: number;
  readonly #arena: Arena;
  #first: number;
  #traits: Traits;
  /** A body that is not small. */
  readonly #body: Blob | undefined;

  /** @param foundBefore how often others were found in its place before it came */
  constructor(arena: Arena, stored: StoredResponse, foundBefore: number) {
    const { method, reading, body } = stored;
    const { status, directives, personal, fleeting, lastModifiedIsStrong, contentRange, language, lifetime } = reading;
    const text = `${stored.key}\n${textOf(stored)}`;
    const isWide = BEYOND_LATIN1.test(stored.key) || BEYOND_LATIN1.test(stored.publicOrigin);
    const encoding = isWide ? "utf16le" : "latin1";
    const small = smallBytes(body);
    const unit = encoding === "latin1" ? 1 : 2;
    const keyEnd = NUMBERS_END + unit * stored.key.length;
    const textEnd = NUMBERS_END + unit * text.length;
    this.length = textEnd + (small?.byteLength ?? 0);
    const { bytes, numbers } = tableFor(this.length);
    bytes.write(text, NUMBERS_END, encoding);
    if (small !== undefined) bytes.set(small, textEnd);
    const { date, requestTime, responseTime, initialAge, arrivedAt } = reading;
    numbers.set([
      keyEnd,
      textEnd,
      date,
      requestTime,
      responseTime,
      initialAge,
      lifetime.ms,
      stored.sentAt,
      arrivedAt,
      foundBefore,
    ]);
    this.#arena = arena;
    this.#first = arena.write(bytes, this.length);
    this.#traits = traits.of({
      ...{ method, status, directives, personal, fleeting, lastModifiedIsStrong, contentRange, language },
      ...{ source: lifetime.source, encoding },
    });
    this.#body = small === undefined ? body : undefined;
    this.groups = stored.groups;
  }

  get key(): string {
    // A key is rarely longer than that, and the numbers are before it.
    const { bytes, numbers } = this.#read(Math.min(this.length, KEY_MOSTLY_WITHIN));
    const [keyEnd = 0] = numbers;
    if (keyEnd > KEY_MOSTLY_WITHIN)
      return this.#read(keyEnd).bytes.toString(this.#traits.encoding, NUMBERS_END, keyEnd);
    return bytes.toString(this.#traits.encoding, NUMBERS_END, keyEnd);
  }

  /** As `KeyOrder` wants it. */
  compareKey(key: string): number {
    if (this.#traits.encoding === "latin1") return this.#arena.compareLine(this.#first, NUMBERS_END, key);
    const own = this.key;
    return own < key ? -1 : own > key ? 1 : 0;
  }

  /**
   * Ends its lifetime now, where it lies.
   * @returns until when it is of use then
   */
  soften(now: Moment): Instant {
    const { directives } = this.#traits;
    const [, , , , responseTime = 0, initialAge = 0, ms = 0, , arrivedAt = 0] = this.#read(NUMBERS_END).numbers;
    const times = { responseTime, initialAge, arrivedAt };
    const lifetime = endedLifetime({ ...times, lifetime: { ms, source: this.#traits.source } }, now);
    this.#traits = purged.of(this.#traits);
    one[0] = lifetime.ms;
    this.#arena.overwrite(this.#first, LIFETIME_AT, oneBytes);
    return reusableUntil({ ...times, directives, lifetime });
  }

  /**
   * What it was made from, as new objects.
   * @param key its key, which whoever asks has at hand
   */
  unpack(key: CacheKey): StoredResponse {
    const { bytes, numbers } = this.#read(this.length);
    const [
      keyEnd = 0,
      textEnd = 0,
      date = 0,
      requestTime = 0,
      responseTime = 0,
      initialAge = 0,
      ms = 0,
      sentAt = 0,
      arrivedAt = 0,
    ] = numbers;
    const { method, source, encoding, ...read } = this.#traits;
    const unit = encoding === "latin1" ? 1 : 2;
    const text = bytes.toString(encoding, keyEnd + unit, textEnd).split("\n");
    const [publicOrigin = "", expires = "", lastModified = "", etagMark = "", validatorMark = "", count = ""] = text;
    const fieldsAt = FIXED + 2 * Number(count);
    const headers = new Headers();
    for (let i = fieldsAt; i < text.length; i += 2) headers.append(text[i] ?? "", text[i + 1] ?? "");
    const etag = unmarked(etagMark, headers.get("etag") ?? undefined);
    const reading: Reading = {
      ...read,
      ...{ date, requestTime, responseTime, initialAge, arrivedAt, etag },
      expires: expires === "invalid" ? expires : instant(expires),
      lastModified: instant(lastModified),
      strongValidator: unmarked(validatorMark, etag),
      lifetime: { ms, source },
    };
    const body = this.#body ?? new Blob([bytes.subarray(textEnd, this.length)]);
    const { groups } = this;
    return {
      key,
      method,
      headers,
      body,
      publicOrigin,
      selecting: selectingOf(text, fieldsAt),
      reading,
      groups,
      sentAt,
    };
  }

  /** Lets go of what it takes in the arena; it cannot be unpacked any more. */
  release(): void {
    this.#arena.release(this.#first, this.length);
    this.#first = NOWHERE;
  }

  /** How often others were found in its place before it came. */
  get foundBefore(): number {
    return this.#read(NUMBERS_END).numbers[FOUND_BEFORE] ?? 0;
  }

  get isReleased(): boolean {
    return this.#first === NOWHERE;
  }

  #read(length: number): Table {
    const table = tableFor(length);
    this.#arena.read(this.#first, table.bytes, length);
    return table;
  }
}

/** Where a response is put together and taken apart: one table for all, since nothing waits in between. */
class Table {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly numbers: Float64Array<ArrayBuffer>;

  constructor(length: number) {
    this.bytes = Buffer.from(new ArrayBuffer(length));
    this.numbers = new Float64Array(this.bytes.buffer, 0, NUMBERS);
  }
}

/** How many numbers stand before the text. */
const NUMBERS = 10;
const NUMBERS_END = NUMBERS * Float64Array.BYTES_PER_ELEMENT;
/** Where among them the lifetime's length stands. */
const LIFETIME_AT = 6 * Float64Array.BYTES_PER_ELEMENT;
const FOUND_BEFORE = 9;
const NOWHERE = -1;
const KEY_MOSTLY_WITHIN = 256;
/** How many lines of the text stand between the key and the selecting fields. */
const FIXED = 6;
/** Fields hold no such characters: they are bytes (RFC 9110 §5.5). */
const BEYOND_LATIN1 = /[^\0-\xff]/;
const table = new Table(16 * 1024);

function tableFor(length: number): Table {
  return length <= table.bytes.byteLength ? table : new Table(length);
}

/** The bytes of a small body, where they are there at once, as those of what came over the network are. */
function smallBytes(body: Blob): Uint8Array | undefined {
  if (body.size > SMALL_BODY) return undefined;
  const bytes = Bun.peek(body.bytes());
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/** All that is text in a response, one a line: no field may hold a line break (RFC 9110 §5.5). */
function textOf({ publicOrigin, selecting, reading, headers }: StoredResponse): string {
  const { expires = "", lastModified = "", etag, strongValidator } = reading;
  const marks = `${marked(etag, headers.get("etag") ?? undefined)}\n${marked(strongValidator, etag)}`;
  let text = `${publicOrigin}\n${expires}\n${lastModified}\n${marks}\n${selecting.length}`;
  for (const [name, value] of selecting) text += `\n${name}\n${marked(value ?? undefined, undefined)}`;
  for (const [name, value] of headers) text += `\n${name}\n${value}`;
  return text;
}

/** Whether a text is there, and whether it is one that is known anyway. */
function marked(text: string | undefined, known: string | undefined): string {
  return text === undefined ? "" : text === known ? "*" : `=${text}`;
}

function unmarked(mark: string, known: string | undefined): string | undefined {
  return mark === "" ? undefined : mark === "*" ? known : mark.slice(1);
}

function instant(text: string): Instant | undefined {
  return text === "" ? undefined : Number(text);
}

function selectingOf(text: readonly string[], end: number): Selecting {
  if (end === FIXED) return NONE;
  const selecting: [string, string | null][] = [];
  for (let i = FIXED; i < end; i += 2) selecting.push([text[i] ?? "", unmarked(text[i + 1] ?? "", undefined) ?? null]);
  return selecting;
}

const NONE: Selecting = [];
