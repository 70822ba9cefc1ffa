import { comesTooLate, type Outline, replaces, type StoredResponse } from "../../caching/stored.ts";
import { hashOf } from "../namespace.ts";
import { sealOf, writeHead } from "../portable.ts";
import { timeToLive } from "../remote/time-to-live.ts";
import { within } from "../remote/within.ts";
import { bodyId, removeBody, writeBody } from "./bodies.ts";
import type { Link } from "./link.ts";
import type { ReadingParts } from "./reading.ts";
import { PUT, READ } from "./scripts.ts";
import { headOf, type Reader, seen, textsOf, type Variant } from "./variant.ts";

/** What is written by whom; `asker` tells this process from others, whose clocks for `sentAt` are others. */
export type WritingParts = ReadingParts & { readonly asker: string };

/** How often a response is held against what is there before it is given up to those who write the same key at the same time. */
const ATTEMPTS = 5;
/** Variants of one key, since who asks for one reads all; the one put longest ago gives way. */
const MOST_VARIANTS = 64;
/** What a response takes in Redis beside key, head and body: its places in the index and by its expiry, and names. */
const OVERHEAD = 400;
/** A body stays a little longer than what names it. */
const BODY_STAYS = 60_000;

/**
 * Writes a response, unless it comes too late: others were asked for after it, or it was invalidated since.
 * @returns how many others were cleared away since they had expired
 * @throws where Redis fails, refuses or is too slow
 */
export async function writeResponse(
  link: Link,
  stored: StoredResponse,
  { reader, patience, asker }: WritingParts,
): Promise<number> {
  const { clock } = reader;
  const { key, body, sentAt } = stored;
  const seal = await sealOf(body);
  const head = writeHead(stored, seal);
  const id = bodyId(seal.size, seal.size + head.length + key.length + OVERHEAD);
  const groups = stored.groups.length === 0 ? "-" : stored.groups.map(hashOf).join(",");
  const ttl = timeToLive(stored.reading, clock().wall);
  let written = false;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const there = seen(await within(patience.write, link.run(READ, key)));
    // By Redis' clock, and rather too early than too late: what another proxy has invalidated since must not come back.
    const asked = Math.floor(there.time - Math.max(0, clock().steady - sentAt) * 1000);
    const outlines = there.counting.flatMap((variant) => {
      const isOurs = variant.asker === asker;
      const outline = outlineOf(
        variant,
        stored,
        isOurs ? variant.sentAt : sentAt + (variant.asked - asked) / 1000,
        reader,
      );
      return outline === undefined ? [] : [{ id: variant.id, outline }];
    });
    if (outlines.some(({ outline }) => comesTooLate(stored, outline))) break;
    const staying = outlines.filter(({ outline }) => !replaces(stored, outline)).slice(0, MOST_VARIANTS - 1);
    const going = there.ids.filter((other) => staying.every((one) => one.id !== other));
    if (!written) await writeBody(link, id, body, ttl + BODY_STAYS, patience.write);
    written = true;
    const last = Math.max(0, ...there.counting.map(({ order }) => order));
    const what = [key, id, String(asked), String(ttl), groups, `${asker} ${sentAt}`, head, String(last)];
    const args = [...what, String(there.ids.length), ...there.ids, ...going];
    const [outcome, expired] = textsOf(await within(patience.write, link.run(PUT, ...args)));
    if (outcome === "stored") return Number(expired);
    if (outcome === "late") break;
  }
  if (written) await within(patience.write, removeBody(link, id));
  return 0;
}

/**
 * What a variant is compared by with one that comes; undefined where it is of no use.
 * @param sentAt when it was asked for, by the clock of the one that comes
 */
function outlineOf(variant: Variant, came: StoredResponse, sentAt: number, reader: Reader): Outline | undefined {
  const head = headOf(variant, came.key, reader);
  return head === undefined ? undefined : { ...head.stored, body: head.body, sentAt };
}
