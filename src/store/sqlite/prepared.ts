import { reusableUntil, type StoredResponse } from "../../caching/stored.ts";
import type { Instant } from "../../http/date.ts";
import { writeHead } from "../portable.ts";
import type { Bodies } from "./bodies.ts";
import type { NewRow, Rows } from "./rows.ts";
import { INLINE_UP_TO, weightOf } from "./weight.ts";

/** A response that is to be put, with all that can be done before the transaction. */
export type Prepared = { readonly stored: StoredResponse; readonly row: NewRow };

/**
 * Makes a row of a response; a large body is in its file by then. One that lies there already, as after a validation, is not written again.
 * @param epoch of this process
 * @throws the system's error where the file cannot be written
 */
export async function prepare(
  stored: StoredResponse,
  { bodies, rows, epoch, now }: { bodies: Bodies; rows: Rows; epoch: string; now: Instant },
): Promise<Prepared> {
  const { key, groups, reading, sentAt, body } = stored;
  const seal = await bodies.sealOf(body);
  const head = writeHead(stored, seal);
  const isInline = body.size <= INLINE_UP_TO;
  const row = {
    ...{ key, groups, epoch, sentAt, head, ...seal },
    until: reusableUntil(reading),
    used: now,
    bytes: weightOf(stored, head),
    body: isInline ? await body.bytes() : null,
    file: isInline ? null : await fileFor(),
  };
  return { stored, row };

  async function fileFor(): Promise<string> {
    const same = rows.fileOf(key, seal.hash, seal.size);
    return (same === undefined ? undefined : await bodies.again(same)) ?? (await bodies.write(body));
  }
}
