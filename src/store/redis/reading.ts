import type { CacheKey } from "../../caching/key.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import { TooSlow, within } from "../remote/within.ts";
import { CHUNKS_AT_ONCE, readBody, readId } from "./bodies.ts";
import type { Link } from "./link.ts";
import { READ } from "./scripts.ts";
import type { Patience } from "./session.ts";
import { headOf, type Reader, seen, type Variant } from "./variant.ts";

/** What is read by what clock, and how long that may take. */
export type ReadingParts = { readonly reader: Reader; readonly patience: Patience };

/** A response as it was read, with its id. */
export type Found = { readonly stored: StoredResponse; readonly id: string };

/** What lies under a key, most recently put first, and ids of what cannot be used: a chunk is missing, or something was altered. */
export type FoundUnder = {
  readonly found: readonly Found[];
  readonly missing: readonly string[];
  readonly damaged: readonly string[];
};

/** Of several variants as much is read, in bytes, beginning with the one put last; who asks wants one of them. */
const MOST_READ = 64 * 1024 * 1024;

/**
 * Reads what lies under a key with its bodies.
 * @throws where Redis fails or is too slow with anything but a body
 */
export async function readUnder(link: Link, key: CacheKey, { reader, patience }: ReadingParts): Promise<FoundUnder> {
  const { clock } = reader;
  const until = clock().steady + patience.read;
  const left = (): number => Math.max(1, until - clock().steady);
  const first = await under(link, key, reader, patience, left);
  if (first.missing.length === 0) return first;
  // It was replaced between the two reads; or it is missing, which shows when it is named once more.
  const second = await under(link, key, reader, patience, left);
  return { ...second, missing: second.missing.filter((id) => first.missing.includes(id)) };
}

async function under(
  link: Link,
  key: CacheKey,
  reader: Reader,
  patience: Patience,
  left: () => number,
): Promise<FoundUnder> {
  const { counting } = seen(await within(left(), link.run(READ, key)));
  const out: { found: Found[]; missing: string[]; damaged: string[] } = { found: [], missing: [], damaged: [] };
  const all = await Promise.all(
    affordable(counting).map(async (variant) => ({ id: variant.id, whole: await whole(link, variant, key) })),
  );
  for (const { id, whole } of all) {
    if (whole === "late") continue;
    if (typeof whole === "string") out[whole].push(id);
    else out.found.push({ stored: whole, id });
  }
  return out;

  async function whole(
    on: Link,
    variant: Variant,
    of: CacheKey,
  ): Promise<StoredResponse | "missing" | "damaged" | "late"> {
    const head = headOf(variant, of, reader);
    if (head === undefined) return "damaged";
    let asked = 0;
    // The first ones share what is left of the patience; once there is an answer each may take as long.
    const forChunk = (): number => (asked++ < CHUNKS_AT_ONCE ? left() : patience.read);
    try {
      const body = await readBody(on, variant.id, head.body, forChunk);
      return typeof body === "string" ? body : { ...head.stored, body };
    } catch (error) {
      // Redis has answered before: a large body on a slow line is no reason to do without it altogether.
      if (error instanceof TooSlow) return "late";
      throw error;
    }
  }
}

/** The first of them, and of the others as many as may be read. */
function affordable(variants: readonly Variant[]): readonly Variant[] {
  let bytes = 0;
  return variants.filter(({ id }, i) => {
    bytes += readId(id).bytes;
    return i === 0 || bytes <= MOST_READ;
  });
}
