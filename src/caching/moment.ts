import type { Instant, Milliseconds } from "../http/date.ts";

/** When something is: by the wall clock, which dates are told by and which may step, and in ms on a clock that never does. */
export type Moment = { readonly wall: Instant; readonly steady: Milliseconds };

export type Clock = () => Moment;
