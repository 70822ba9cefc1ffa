import { KEEP_LENGTH_BYTES } from "../http/exchange.ts";
import { BROKEN_OFF, type InOnePiece, type OriginFailure } from "../http/origin.ts";
import { isWithoutBody } from "../http/status.ts";
import type { FullResponse } from "./forward.ts";

/** A body up to this size whose length is announced is read whole before it is sent: it then keeps its Content-Length. */
export const READ_WHOLE_BYTES = 64 * 1024;

/** The body of an origin's response, as it can be handed on. */
export type Relayed =
  | { readonly type: "none" }
  /** Proven complete. */
  | { readonly type: "whole"; readonly body: Blob }
  | { readonly type: "stream"; readonly body: ReadableStream<Uint8Array>; readonly announced: number | undefined }
  /** Broke off, or was late, before anything of it was sent. */
  | Broken;

/** Why a body that was to be sent as a whole is not. */
export type Broken = { readonly type: "broken"; readonly failure: OriginFailure };

/**
 * Takes over the body of an origin's response.
 * @param headers its fields without the hop-by-hop ones
 * @param wholeUpTo a body whose length is announced to be no more is read whole first, in bytes
 */
export async function relay(
  method: string,
  { response, inTime }: Pick<FullResponse, "response" | "inTime">,
  headers: Headers,
  wholeUpTo: number,
): Promise<Relayed> {
  if (method === "HEAD" || isWithoutBody(response.status)) return { type: "none" };
  const announced = announcedLength(headers);
  // The front waits for all of one without a type, so that its length is kept.
  const atOnceUpTo = headers.has("content-type") ? wholeUpTo : Math.max(wholeUpTo, KEEP_LENGTH_BYTES);
  if (announced === undefined || announced > atOnceUpTo) {
    // Looked at only now, since that makes a stream of what is read whole at a fourth of the cost.
    const { body } = response;
    return body === null ? { type: "none" } : { type: "stream", body, announced };
  }
  const reading = response.blob();
  const read = await (inTime ?? whenever)(reading);
  if (read.type === "failed") return { type: "broken", failure: read.failure };
  return read.body.size === announced ? read : { type: "broken", failure: BROKEN_OFF };
}

async function whenever(reading: Promise<Blob>): Promise<InOnePiece> {
  try {
    return { type: "whole", body: await reading };
  } catch {
    return { type: "failed", failure: BROKEN_OFF };
  }
}

/** What Content-Length announces; undefined where it says nothing usable. */
export function announcedLength(headers: Headers): number | undefined {
  const field = headers.get("content-length");
  return field !== null && DIGITS.test(field) ? Number(field) : undefined;
}

const DIGITS = /^\d+$/;
