import type { Instant, Milliseconds } from "../http/date.ts";

/** An exchange as an archive tells of it: the response with the content that a person would see, whatever it was packed in on its way. */
export type HarExchange = {
  /** Among the archive's entries, from 1. */
  readonly number: number;
  /** When it was asked for, and when its header section came; undefined where the archive does not say. */
  readonly times: { readonly asked: Instant; readonly came: Instant } | undefined;
  readonly request: {
    readonly method: string;
    readonly url: URL;
    readonly fields: Headers;
    /** Empty where there is none. */
    readonly content: Uint8Array<ArrayBuffer> | "missing";
  };
  readonly response: {
    readonly status: number;
    readonly fields: Headers;
    readonly content: Uint8Array<ArrayBuffer>;
  };
  /** WebSocket messages, which nothing is made of. */
  readonly messages: number;
  readonly ours: OurNotes;
};

/** What archives of our own say beyond HAR 1.2, in members that begin with an underscore as it asks for (har/stored-entry.ts). */
export type OurNotes = {
  /** The scheme and authority by which clients asked for it. */
  readonly publicOrigin: string | undefined;
  /** The request said who sent it, though what said so is not among its fields. */
  readonly isPersonal: boolean;
  /** A soft purge has ended its lifetime. */
  readonly isPurged: boolean;
  /** When which bytes of the content came, counted from the header section; undefined where nobody knows. */
  readonly arrivals: readonly HarArrival[] | undefined;
};

/** Some bytes of a content and when they came. */
export type HarArrival = { readonly at: Milliseconds; readonly size: number };

/** Why nothing can be made of an entry. */
export type Unreadable = "malformed" | "not-http" | "websocket" | "no-response" | "no-content";

/** What an entry is; `why` without a full stop, with the value that is wrong. */
export type ReadEntry =
  | { readonly type: "exchange"; readonly exchange: HarExchange }
  | {
      readonly type: "unreadable";
      readonly number: number;
      readonly reason: Unreadable;
      readonly why: string;
      readonly messages: number;
    };
