import type { Milliseconds } from "../http/date.ts";

/** What the operator decides where the RFC leaves a choice. */
export type Policy = {
  /** Lifetime of a response that states none and is not private in any way; 0 turns it off. */
  readonly defaultTtl: Milliseconds;
  /** Larger bodies are not stored, in bytes. */
  readonly maxEntrySize: number;
  /** The origin is not asked, now: what is stale then stands in for its answer, whatever is said of that, since the operator wants it so. */
  readonly neverAsks?: boolean;
  /** One user's alone (RFC 9111 §1): what a response says to shared caches is not for this one. Shared where it is left out. */
  readonly kind?: "private";
};
