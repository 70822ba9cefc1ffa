import type { Milliseconds } from "../../http/date.ts";
import type { BodySeal } from "../head-shape.ts";
import { isWhole } from "../portable.ts";
import { within } from "../remote/within.ts";
import { isRefusal, type Link } from "./link.ts";

/** Bytes under one name in Redis at most. */
const CHUNK = 512 * 1024;
/** Chunks of one body that are under way at a time. */
export const CHUNKS_AT_ONCE = 4;

/**
 * A new name for a body, which tells its chunks too: whoever has a name never reads another writing.
 * @param size of the body in bytes
 * @param bytes that all of the response takes
 */
export function bodyId(size: number, bytes: number): string {
  return `${crypto.randomUUID().replaceAll("-", "")}.${bytes}.${Math.ceil(size / CHUNK)}`;
}

/** What a response takes whose body has this name, in bytes, and in how many chunks its body lies. */
export function readId(id: string): { readonly bytes: number; readonly chunks: number } {
  const [, bytes = 0, chunks = 0] = /^\w+\.(\d+)\.(\d+)$/.exec(id) ?? [];
  return { bytes: Number(bytes), chunks: Number(chunks) };
}

/**
 * @param patience for each chunk
 * @throws where Redis refuses or is too slow; what is written by then goes by its TTL
 */
export async function writeBody(
  link: Link,
  id: string,
  body: Blob,
  ttl: Milliseconds,
  patience: Milliseconds,
): Promise<void> {
  const { chunks: count } = readId(id);
  await several(count, async (n) => {
    const bytes = await body.slice(n * CHUNK, (n + 1) * CHUNK).bytes();
    await within(patience, link.write(nameOf(id, n), bytes, ttl, lineFor(count)));
  });
}

/**
 * Reads a body.
 * @param patience for a chunk that is asked for now
 * @returns `missing` where a chunk is, `damaged` where the bytes are not those of the seal
 */
export async function readBody(
  link: Link,
  id: string,
  seal: BodySeal,
  patience: () => Milliseconds,
): Promise<Blob | "missing" | "damaged"> {
  const count = Math.ceil(seal.size / CHUNK);
  if (readId(id).chunks !== count) return "damaged";
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let missing = false;
  await several(count, async (n) => {
    const bytes = missing ? null : await within(patience(), chunk(link, id, n, count));
    if (bytes === null) missing = true;
    else chunks[n] = bytes;
  });
  if (missing) return "missing";
  const body = new Blob(chunks);
  return (await isWhole(body, seal)) ? body : "damaged";
}

/** Drops a body that nobody will name. */
export async function removeBody(link: Link, id: string): Promise<void> {
  await link.remove(Array.from({ length: readId(id).chunks }, (_, n) => nameOf(id, n)));
}

async function chunk(link: Link, id: string, n: number, count: number): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await link.read(nameOf(id, n), lineFor(count));
  } catch (error) {
    // Something else lies under the name (WRONGTYPE): that chunk is missing.
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** Does something for each number below `count`, several at a time. */
async function several(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(CHUNKS_AT_ONCE, count) }, one));
}

function nameOf(id: string, n: number): string {
  return `b:${id}:${n}`;
}

function lineFor(count: number): "short" | "long" {
  return count > 1 ? "long" : "short";
}
