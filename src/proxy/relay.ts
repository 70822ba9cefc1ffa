import type { Arriving } from "../http/origin.ts";
import { isWithoutBody } from "../http/status.ts";

/** A body up to this size whose length is announced is read whole before it is sent: it then keeps its Content-Length. */
export const READ_WHOLE_BYTES = 64 * 1024;

/** The body of an origin's response, as it can be handed on. */
export type Relayed =
  | { readonly type: "none" }
  /** Proven complete. */
  | { readonly type: "whole"; readonly body: Blob }
  | { readonly type: "stream"; readonly body: ReadableStream<Uint8Array>; readonly announced: number | undefined }
  /** Broke off before anything of it was sent. */
  | { readonly type: "broken" };

/**
 * Takes over the body of an origin's response.
 * @param headers its fields without the hop-by-hop ones
 * @param wholeUpTo a body whose length is announced to be no more is read whole first, in bytes
 */
export async function relay(method: string, response: Arriving, headers: Headers, wholeUpTo: number): Promise<Relayed> {
  if (method === "HEAD" || isWithoutBody(response.status)) return { type: "none" };
  const announced = announcedLength(headers);
  if (announced === undefined || announced > wholeUpTo) {
    // Looked at only now, since that makes a stream of what is read whole at a fourth of the cost.
    const { body } = response;
    return body === null ? { type: "none" } : { type: "stream", body, announced };
  }
  try {
    const body = await response.blob();
    return body.size === announced ? { type: "whole", body } : { type: "broken" };
  } catch {
    return { type: "broken" };
  }
}

/** What Content-Length announces; undefined where it says nothing usable. */
export function announcedLength(headers: Headers): number | undefined {
  const field = headers.get("content-length");
  return field !== null && /^\d+$/.test(field) ? Number(field) : undefined;
}
