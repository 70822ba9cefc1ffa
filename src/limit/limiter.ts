import type { Milliseconds } from "../http/date.ts";
import type { Answer, Leaving, Need, OriginFailure, Outgoing, Send, Ways } from "../http/origin.ts";
import type { OriginLoad } from "../http/origin-load.ts";
import { isWithoutBody } from "../http/status.ts";
import { Held } from "./held.ts";
import { type Call, Places, type Room, type Waiting } from "./places.ts";

/** Acts after so long; what it gives keeps it from that. */
export type Timer = (length: Milliseconds, act: () => void) => () => void;

/** What limiting works with. */
export type LimiterParts = {
  /** The way to the origin. */
  readonly send: Send;
  /** At each origin. */
  readonly room: Room;
  /** How long a request waits at most. */
  readonly patience: Readonly<Record<Need, Milliseconds>>;
  /** Ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  readonly timer: Timer;
};

/** The ways to the origin, on which no more than so many requests are under way. */
export type Limiter = Ways & { readonly figures: () => OriginLoad | undefined };

/** All goes as it comes. */
export function unlimited(send: Send): Limiter {
  return { required: send, dispensable: send, figures: () => undefined };
}

/**
 * Has no more than so many requests under way to an origin. One counts from when it is sent until its answer is read to the end, has broken
 * off, or nobody wants it any more. Those above wait, for a while.
 */
export function limiting({ send, room, patience, steady, timer }: LimiterParts): Limiter {
  /** By scheme and authority: those that rules name are few. */
  const origins = new Map<string, Places>();
  let delayed = 0;
  let shed = 0;
  return {
    required: (outgoing) => limited(outgoing, "required"),
    dispensable: (outgoing) => limited(outgoing, "dispensable"),
    figures: () => ({ most: room.places, ...sums(), delayed, shed }),
  };

  async function limited(outgoing: Outgoing, need: Need): Promise<Answer> {
    const { signal } = outgoing;
    if (signal.aborted) return LEFT;
    const places = placesAt(outgoing.url.origin);
    const called = Promise.withResolvers<Call | "late" | "left">();
    const waiting: Waiting = called.resolve;
    switch (places.enter(need, waiting)) {
      case "go":
        return sent(outgoing, places);
      case "full":
        return refused("line-full", places);
      case "wait":
        delayed++;
    }
    // Out of the line at once, so that nobody hands it a place that it does not take.
    const quit = (why: "late" | "left"): void => {
      places.leave(waiting);
      called.resolve(why);
    };
    const stop = timer(patience[need], () => quit("late"));
    signal.addEventListener("abort", () => quit("left"));
    const call = await called.promise;
    stop();
    switch (call) {
      case "go":
        outgoing.departs?.();
        return sent(outgoing, places);
      case "make-room":
        return refused("line-full", places);
      case "late":
        return refused("waited", places);
      case "left":
        return LEFT;
    }
  }

  async function sent(outgoing: Outgoing, places: Places): Promise<Answer> {
    const free = placeHeld(outgoing.signal, places);
    // Those who leave together may have handed each other the place.
    if (outgoing.signal.aborted) {
      free();
      return LEFT;
    }
    const answer = await send(outgoing);
    if (answer.type === "failed" || outgoing.method === "HEAD" || isWithoutBody(answer.response.status)) {
      free();
      return answer;
    }
    return { ...answer, response: new Held(answer.response, free) };
  }

  /** Gives a place back once, also where whoever waited for the answer has left and reads nothing of it. */
  function placeHeld(signal: Leaving, places: Places): () => void {
    const since = steady();
    let isHeld = true;
    const free = (): void => {
      if (!isHeld) return;
      isHeld = false;
      places.free(steady() - since);
    };
    signal.addEventListener("abort", free);
    return free;
  }

  function refused(why: Overloaded["why"], places: Places): Answer {
    shed++;
    return { type: "failed", failure: { type: "overloaded", why, retryAfter: places.retryAfter } };
  }

  function placesAt(origin: string): Places {
    const known = origins.get(origin);
    if (known !== undefined) return known;
    const made = new Places(room);
    origins.set(origin, made);
    return made;
  }

  function sums(): Pick<OriginLoad, "underWay" | "waiting"> {
    const all = [...origins.values()];
    return {
      underWay: all.reduce((sum, { taken }) => sum + taken, 0),
      waiting: all.reduce((sum, { waiting }) => sum + waiting, 0),
    };
  }
}

type Overloaded = Extract<OriginFailure, { type: "overloaded" }>;

const LEFT: Answer = { type: "failed", failure: { type: "aborted" } };

/** Waits as the machine does. */
export const waiting: Timer = (length, act) => {
  const timer = setTimeout(act, length);
  return () => clearTimeout(timer);
};
