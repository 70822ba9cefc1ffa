import type { CacheKey } from "../../caching/key.ts";
import type { Moment } from "../../caching/moment.ts";
import { endedLifetime } from "../../caching/purge.ts";
import { type Reading, reusableUntil, type StoredResponse } from "../../caching/stored.ts";
import type { Instant } from "../../http/date.ts";
import { Arena } from "./arena.ts";
import { Column } from "./column.ts";
import { ObjectColumn } from "./object-column.ts";
import { FIXED, instant, selectingOf, unmarked } from "./packed-text.ts";
import { purgedTraits, type Traits, traitsOf } from "./traits.ts";

/** Up to this size a body is packed with the text, and copied when it is unpacked; a larger one is shared. */
export const SMALL_BODY = 4096;

/** A number on its way into an arena. */
const one = new Float64Array(1);
const oneBytes = new Uint8Array(one.buffer);

/**
 * Stored responses by number, each as bytes in an arena, instead of thirty objects. Nothing is parsed when one is unpacked: what was read
 * of the fields lies there as it was read. Names of fields come back in lower case unless Bun knows them, since a `Headers` does not tell how
 * they were written (RFC 9110 §5.1).
 */
export class Packed {
  readonly #arena = new Arena();
  /** Where each lies in the arena. */
  readonly #firsts = new Column();
  readonly #lengths = new Column();
  readonly #traits = new ObjectColumn<Traits>();
  /** Bodies that are not small. */
  readonly #bodies = new ObjectColumn<Blob>();

  /**
   * Packs a response.
   * @param number which none has that is here
   * @param text all that is text in it (store/memory/packed-text.ts)
   * @param foundBefore how often others were found in its place before it came
   */
  add(number: number, stored: StoredResponse, text: string, foundBefore: number): void {
    const { reading, body, key } = stored;
    const isWide = BEYOND_LATIN1.test(key) || BEYOND_LATIN1.test(stored.publicOrigin);
    const encoding = isWide ? "utf16le" : "latin1";
    const small = smallBytes(body);
    const unit = encoding === "latin1" ? 1 : 2;
    const textEnd = NUMBERS_END + unit * text.length;
    const length = textEnd + (small?.byteLength ?? 0);
    const { bytes, numbers } = tableFor(length);
    bytes.write(text, NUMBERS_END, encoding);
    if (small !== undefined) bytes.set(small, textEnd);
    numbers[KEY_END] = NUMBERS_END + unit * key.length;
    numbers[TEXT_END] = textEnd;
    numbers[DATE] = reading.date;
    numbers[REQUEST_TIME] = reading.requestTime;
    numbers[RESPONSE_TIME] = reading.responseTime;
    numbers[INITIAL_AGE] = reading.initialAge;
    numbers[LIFETIME] = reading.lifetime.ms;
    numbers[SENT_AT] = stored.sentAt;
    numbers[ARRIVED_AT] = reading.arrivedAt;
    numbers[FOUND_BEFORE] = foundBefore;
    this.#firsts.set(number, this.#arena.write(bytes, length));
    this.#lengths.set(number, length);
    this.#traits.set(number, traitsOf(stored, encoding));
    if (small === undefined) this.#bodies.set(number, body);
  }

  /** Bytes that one takes in the arena. */
  lengthOf(number: number): number {
    return this.#lengths.get(number);
  }

  keyOf(number: number): string {
    // A key is rarely longer than that, and the numbers are before it.
    const { bytes, numbers } = this.#read(number, Math.min(this.lengthOf(number), KEY_MOSTLY_WITHIN));
    const { encoding } = this.#traitsOf(number);
    const keyEnd = numbers[KEY_END] ?? 0;
    const read = keyEnd > KEY_MOSTLY_WITHIN ? this.#read(number, keyEnd).bytes : bytes;
    return read.toString(encoding, NUMBERS_END, keyEnd);
  }

  /** As `KeyOrder` wants it. */
  compareKey(number: number, key: string): number {
    if (this.#traitsOf(number).encoding === "latin1") {
      return this.#arena.compareLine(this.#firsts.get(number), NUMBERS_END, key);
    }
    const own = this.keyOf(number);
    return own < key ? -1 : own > key ? 1 : 0;
  }

  /**
   * Ends the lifetime of one now, where it lies.
   * @returns until when it is of use then
   */
  soften(number: number, now: Moment): Instant {
    const { directives, source } = this.#traitsOf(number);
    const { numbers } = this.#read(number, NUMBERS_END);
    const times = timesIn(numbers);
    const lifetime = endedLifetime({ ...times, lifetime: { ms: numbers[LIFETIME] ?? 0, source } }, now);
    this.#traits.set(number, purgedTraits(this.#traitsOf(number)));
    one[0] = lifetime.ms;
    this.#arena.overwrite(this.#firsts.get(number), LIFETIME * Float64Array.BYTES_PER_ELEMENT, oneBytes);
    return reusableUntil({ ...times, directives, lifetime });
  }

  /**
   * What one was made from, as new objects.
   * @param key its key, which whoever asks has at hand
   */
  unpack(number: number, key: CacheKey): Omit<StoredResponse, "groups"> {
    const length = this.lengthOf(number);
    const { bytes, numbers } = this.#read(number, length);
    const { method, source, encoding, ...read } = this.#traitsOf(number);
    const unit = encoding === "latin1" ? 1 : 2;
    const textEnd = numbers[TEXT_END] ?? 0;
    const text = bytes.toString(encoding, (numbers[KEY_END] ?? 0) + unit, textEnd).split("\n");
    const [publicOrigin = "", expires = "", lastModified = "", etagMark = "", validatorMark = "", count = ""] = text;
    const fieldsAt = FIXED + 2 * Number(count);
    const headers = new Headers();
    for (let i = fieldsAt; i < text.length; i += 2) headers.append(text[i] ?? "", text[i + 1] ?? "");
    const etag = unmarked(etagMark, headers.get("etag") ?? undefined);
    const reading: Reading = {
      ...read,
      ...timesIn(numbers),
      ...{ date: numbers[DATE] ?? 0, requestTime: numbers[REQUEST_TIME] ?? 0, etag },
      expires: expires === "invalid" ? expires : instant(expires),
      lastModified: instant(lastModified),
      strongValidator: unmarked(validatorMark, etag),
      lifetime: { ms: numbers[LIFETIME] ?? 0, source },
    };
    const body = this.#bodies.get(number) ?? new Blob([bytes.subarray(textEnd, length)]);
    const sentAt = numbers[SENT_AT] ?? 0;
    return { key, method, headers, body, publicOrigin, selecting: selectingOf(text, fieldsAt), reading, sentAt };
  }

  /** Lets one go. */
  remove(number: number): void {
    this.#arena.release(this.#firsts.get(number), this.lengthOf(number));
    this.#traits.delete(number);
    this.#bodies.delete(number);
  }

  /** Whether one is there by this number. */
  has(number: number): boolean {
    return this.#traits.get(number) !== undefined;
  }

  /** How often others were found in the place of one before it came. */
  foundBefore(number: number): number {
    return this.#read(number, NUMBERS_END).numbers[FOUND_BEFORE] ?? 0;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#arena.clear();
    this.#firsts.clear();
    this.#lengths.clear();
    this.#traits.clear();
    this.#bodies.clear();
  }

  #traitsOf(number: number): Traits {
    const traits = this.#traits.get(number);
    if (traits === undefined) throw new Error(`There is no stored response ${number}.`);
    return traits;
  }

  #read(number: number, length: number): Table {
    const table = tableFor(length);
    this.#arena.read(this.#firsts.get(number), table.bytes, length);
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

/** The numbers that stand before the text, by their places. */
const KEY_END = 0;
const TEXT_END = 1;
const DATE = 2;
const REQUEST_TIME = 3;
const RESPONSE_TIME = 4;
const INITIAL_AGE = 5;
const LIFETIME = 6;
const SENT_AT = 7;
const ARRIVED_AT = 8;
const FOUND_BEFORE = 9;
const NUMBERS = 10;
const NUMBERS_END = NUMBERS * Float64Array.BYTES_PER_ELEMENT;
const KEY_MOSTLY_WITHIN = 256;
/** Fields hold no such characters: they are bytes (RFC 9110 §5.5). */
const BEYOND_LATIN1 = /[^\0-\xff]/;
const table = new Table(16 * 1024);

function tableFor(length: number): Table {
  return length <= table.bytes.byteLength ? table : new Table(length);
}

/** When a response came, and how old it was then. */
function timesIn(numbers: Float64Array): Pick<Reading, "responseTime" | "initialAge" | "arrivedAt"> {
  return {
    responseTime: numbers[RESPONSE_TIME] ?? 0,
    initialAge: numbers[INITIAL_AGE] ?? 0,
    arrivedAt: numbers[ARRIVED_AT] ?? 0,
  };
}

/** The bytes of a small body, where they are there at once, as those of what came over the network are. */
function smallBytes(body: Blob): Uint8Array | undefined {
  if (body.size > SMALL_BODY) return undefined;
  const bytes = Bun.peek(body.bytes());
  return bytes instanceof Uint8Array ? bytes : undefined;
}
