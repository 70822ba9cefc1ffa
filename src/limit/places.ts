import type { Milliseconds } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { Need } from "../http/origin.ts";

/** What is called out to one who waits. */
export type Call =
  /** The place is yours. */
  | "go"
  /** One who needs it more has come. */
  | "make-room";

/** One who waits for a place. */
export type Waiting = (call: Call) => void;

/** What becomes of one who comes. */
export type Admission = "go" | "wait" | "full";

/** How many may be served, and wait, at once. */
export type Room = {
  readonly places: number;
  readonly line: number;
};

/**
 * Places at one origin, and the line of those who wait for one: by arrival, those first whom nothing stored can answer. Where the line is
 * full the last who could do without makes room for one who cannot.
 */
export class Places {
  readonly #room: Room;
  readonly #line: Readonly<Record<Need, Set<Waiting>>> = { required: new Set(), dispensable: new Set() };
  #taken = 0;
  /** How long a place was held lately, on average. */
  #held: Milliseconds = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#line.required.size + this.#line.dispensable.size;
  }

  /** Takes a place, or one in the line; `waiting` hears of it when it is its turn. */
  enter(need: Need, waiting: Waiting): Admission {
    if (this.#taken < this.#room.places) {
      this.#taken++;
      return "go";
    }
    if (this.waiting >= this.#room.line && !(need === "required" && this.#makeRoom())) return "full";
    this.#line[need].add(waiting);
    return "wait";
  }

  /** Gives up a place in the line. */
  leave(waiting: Waiting): void {
    for (const line of Object.values(this.#line)) line.delete(waiting);
  }

  /** Gives back a place that was held for so long. */
  free(held: Milliseconds): void {
    this.#held = this.#held === 0 ? held : this.#held + (held - this.#held) * WEIGHT;
    const next = first(this.#line.required) ?? first(this.#line.dispensable);
    if (next === undefined) {
      this.#taken--;
      return;
    }
    this.leave(next);
    next("go");
  }

  /** When one who comes then is likely to get a place: as long as it takes until all who wait now have had one. */
  get retryAfter(): Seconds {
    const turns = (this.waiting + 1) / this.#room.places;
    return Math.min(LONGEST_RETRY, Math.max(1, Math.ceil((turns * this.#held) / 1000)));
  }

  #makeRoom(): boolean {
    const last = [...this.#line.dispensable].at(-1);
    if (last === undefined) return false;
    this.leave(last);
    last("make-room");
    return true;
  }
}

/** What the last one weighs in the average. */
const WEIGHT = 0.1;
/** Nobody knows more than that of how long it lasts. */
const LONGEST_RETRY: Seconds = 60;

function first(line: ReadonlySet<Waiting>): Waiting | undefined {
  return line.values().next().value;
}
