import type { CacheStatus } from "./cache-status.ts";
import type { Milliseconds } from "./date.ts";
import type { Framing } from "./origin.ts";

/** A request as the layers see it: checked, with its URL read once. */
export type Incoming = {
  /** For its method, body and abort signal; its headers are the client's own. */
  readonly request: Request;
  /** What the client asked for, by the name it used; the fragment, if any, means nothing. */
  readonly url: URL;
  /** Whether that URL is an object that further requests for the same share: then what is read of it is worth remembering with it. */
  readonly comesAgain?: boolean;
  /** The request's fields without the hop-by-hop ones: what decisions rest on and what is forwarded. */
  readonly headers: Headers;
  /** The request's content where its body was read: the whole, or a stream that begins with what was read. */
  readonly content?: Blob | ReadableStream<Uint8Array>;
  /** The peer's address, looked up when first asked for; empty where there is no peer, or none any more. */
  readonly client: () => string;
};

/**
 * A response in its parts, of which the front makes one; a `Response` is such, too. Made early it would be copied by each look at its
 * fields, and a stream be made of its body. The fields may be shared with other replies.
 */
export type ResponseParts = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Blob | ReadableStream<Uint8Array> | null;
};

/** A body without a type whose length is known is sent in one piece up to here, in bytes: else Bun would name a type, or leave the length out. */
export const KEEP_LENGTH_BYTES = 1024 * 1024;

/** A response with what only we know of how it came to be. */
export type Reply = {
  readonly response: ResponseParts;
  /** How the cache handled the request; absent on answers of our own paths. */
  readonly cacheStatus?: CacheStatus;
  /** From sending the request to the origin's header section, where the origin was asked and answered. */
  readonly originMs?: Milliseconds;
  /** How long the origin took when this was recorded, where it was and that was written down. */
  readonly recordedMs?: Milliseconds;
  /** How the end of what the origin sends is known; absent where nothing of it is still to come. */
  readonly framing?: Framing;
};

/** Answers a request, at once where it can. A layer takes the next handler and gives one of its own. */
export type Handler = (incoming: Incoming) => Reply | Promise<Reply>;
export type Layer = (next: Handler) => Handler;
