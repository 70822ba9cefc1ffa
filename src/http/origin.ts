import type { Milliseconds } from "./date.ts";
import type { Seconds } from "./delta-seconds.ts";

/** Says when nobody waits any longer: an AbortSignal is such. */
export type Leaving = {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
};

/** A request to the origin, its fields complete but for framing and Host, which the wire sets. */
export type Outgoing = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Blob | ReadableStream<Uint8Array> | null;
  /** Ends the exchange, also while the body streams. */
  readonly signal: Leaving;
  /** How long its header section may take, where that is less than usual. */
  readonly within?: Milliseconds;
  /** Told that it is sent only now, after a wait that whoever sends it did not know of. */
  readonly departs?: () => void;
};

/** What a request to the origin is for. */
export type Need =
  /** Nothing stored can answer in its stead. */
  | "required"
  /** What is stored can, stale as it is, or has already. */
  | "dispensable";

/** Why the origin gave no response. */
export type OriginFailure =
  /** No connection, or it broke before a header section came. `cause` is for people. */
  | { readonly type: "unreachable"; readonly cause: string }
  /** `awaited`: where there was a header section, and the body was not all there in time. */
  | { readonly type: "timeout"; readonly after: Milliseconds; readonly awaited?: "body" }
  /** The client left first, or for so long sent nothing more of its request. */
  | { readonly type: "aborted"; readonly silentFor?: Milliseconds }
  /** The request has come through proxies of this name too often to be on its way anywhere else. */
  | { readonly type: "loop" }
  /** The method is one that this wire cannot send as it is. */
  | { readonly type: "unsupported-method" }
  /** It was not asked, or its answer is not passed on: it has refused (429), is overloaded (503), or what is left of its quota is spared. */
  | {
      readonly type: "rate-limited";
      readonly why: "refused" | "overloaded" | "scarce";
      /** How long it is best left alone. */
      readonly retryAfter: Seconds;
      /** What it answered to this very request; absent where it was not asked. */
      readonly status?: number;
    }
  /** It was not asked: as much is under way as may be. */
  | {
      readonly type: "overloaded";
      /** Too many waited for a place already, this one has for too long, or the system gives no further socket. */
      readonly why: "line-full" | "waited" | "no-socket";
      /** When there is likely to be room. */
      readonly retryAfter: Seconds;
    }
  /** It was not asked: all its addresses have failed lately. */
  | {
      readonly type: "circuit-open";
      /** When one of them is asked again. */
      readonly retryAfter: Seconds;
    }
  /** It is not to be asked. */
  | { readonly type: "offline" };

/** The body broke off before any of it was sent, which is no better than no response. */
export const BROKEN_OFF: OriginFailure = { type: "unreachable", cause: "connection closed in the middle of the body" };

/** How the end of a body is known: only a delimited one can be proven complete. */
export type Framing = "delimited" | "until-close";

/** A response while its content arrives: what of one of `fetch` is made use of. */
export type Arriving = Pick<Response, "status" | "body" | "bodyUsed" | "blob">;

/** A body that was read at one go, before anything of it is sent on. */
export type InOnePiece =
  | { readonly type: "whole"; readonly body: Blob }
  | { readonly type: "failed"; readonly failure: OriginFailure };

/** What became of a request to the origin. */
export type Answer =
  | {
      readonly type: "response";
      readonly response: Arriving;
      readonly headers: Headers;
      readonly framing: Framing;
      /** Waits for a body that is read at one go, and ends the exchange where it is late; absent where there is nothing to wait for. */
      readonly inTime?: ((reading: Promise<Blob>) => Promise<InOnePiece>) | undefined;
    }
  | { readonly type: "failed"; readonly failure: OriginFailure };

/** Sends a request to the origin; never rejects. */
export type Send = (outgoing: Outgoing) => Promise<Answer>;

/** The ways to the origin, by what a request is for. */
export type Ways = Readonly<Record<Need, Send>>;
