import type { Milliseconds } from "../../http/date.ts";
import type { BodySeal } from "../head-shape.ts";
import { isWhole } from "../portable.ts";
import type { Names } from "./names.ts";
import type { Server } from "./server.ts";

/** Bytes of a body in one item: with its name less than the 1 MB that memcached takes, and of a size that it has room for in one piece. */
export const PIECE = 500_000;
/** A body of more pieces than this is none for memcached. */
export const MOST_PIECES = 128;
/** Pieces that are written together. */
const AT_ONCE = 2;

/** A body that is to be read. */
export type WrittenBody = { readonly id: string; readonly seal: BodySeal };

/** Writes a body in pieces under an id that nothing else has; what is written when it fails goes by its time. */
export async function writeBody(
  server: Server,
  names: Names,
  { id, body, seconds }: { readonly id: string; readonly body: Blob; readonly seconds: number },
  patience: Milliseconds,
): Promise<void> {
  const indexes = Array.from({ length: Math.ceil(body.size / PIECE) }, (_, i) => i);
  for (let i = 0; i < indexes.length; i += AT_ONCE) {
    const writing = indexes.slice(i, i + AT_ONCE).map(async (index) => {
      const bytes = await body.slice(index * PIECE, (index + 1) * PIECE).bytes();
      await server.writes.set(names.piece(id, index), Buffer.from(bytes.buffer), seconds);
    });
    await server.step(patience, Promise.all(writing));
  }
}

/**
 * Reads bodies, so much at a time that each step takes little.
 * @param patience for the next step
 * @returns of each the body, or why there is none: memcached dropped a piece of it, or has something else than what was written
 */
export async function readBodies(
  server: Server,
  names: Names,
  wanted: readonly WrittenBody[],
  patience: () => Milliseconds,
): Promise<readonly (Blob | "missing" | "damaged")[]> {
  const pieces = wanted.map(({ id, seal }) =>
    Array.from({ length: Math.ceil(seal.size / PIECE) }, (_, index) => ({
      name: names.piece(id, index),
      bytes: Math.min(PIECE, seal.size - index * PIECE),
    })),
  );
  const found = new Map<string, Buffer>();
  for (const step of stepsOf(pieces.flat())) {
    for (const [name, { bytes }] of await server.step(patience(), server.reads.gets(step))) found.set(name, bytes);
  }
  return Promise.all(
    wanted.map(async ({ seal }, i) => {
      const parts = (pieces[i] ?? []).map(({ name }) => found.get(name)).filter((bytes) => bytes !== undefined);
      const body = new Blob(parts.map((bytes) => new Uint8Array(bytes)));
      if (parts.length < (pieces[i]?.length ?? 0)) return "missing";
      return (await isWhole(body, seal)) ? body : "damaged";
    }),
  );
}

function stepsOf(pieces: readonly { readonly name: string; readonly bytes: number }[]): string[][] {
  const steps: string[][] = [];
  let room = 0;
  for (const { name, bytes } of pieces) {
    room -= bytes;
    if (room < 0) {
      steps.push([]);
      room = PIECE - bytes;
    }
    steps.at(-1)?.push(name);
  }
  return steps;
}
