import type { Instant, Milliseconds } from "../http/date.ts";
import type { Answer, Confided, Question, ToWorker } from "./message.ts";

/** Whoever can be told things. */
export type Seat = { readonly send: (message: ToWorker) => void };

/** Who asked, under which number of his own, and how many have not answered yet. */
type Call<S> = { readonly asker: S; readonly id: number; missing: number };

/** A worker that has not answered for so long hangs; what it is to be told would pile up without end. */
const HUNG_AFTER: Milliseconds = 10_000;

/** Hands what one worker asks to all others, and what they answer back to it. */
export class Switchboard<S extends Seat> {
  readonly #now: () => Instant;
  readonly #onHung: (seat: S) => void;
  /** For each who is there, what it has not answered yet and since when, the oldest first. */
  readonly #seats = new Map<S, Map<number, Instant>>();
  readonly #calls = new Map<number, Call<S>>();
  #last = 0;

  /**
   * @param now ms on a clock that only goes forward
   * @param onHung told of one that does not answer any more, with each question that it is to be asked
   */
  constructor(now: () => Instant, onHung: (seat: S) => void) {
    this.#now = now;
    this.#onHung = onHung;
  }

  /** From now on it hears what the others ask. */
  join(seat: S): void {
    this.#seats.set(seat, new Map());
  }

  /** It is gone: nobody waits for it any longer. */
  leave(seat: S): void {
    const open = this.#seats.get(seat);
    this.#seats.delete(seat);
    for (const id of open?.keys() ?? []) this.#answered(id);
  }

  /** Asks all others; where there are none, that is all there is to hear. */
  question(asker: S, id: number, question: Question | Confided): void {
    const now = this.#now();
    const call = { asker, id, missing: 0 };
    const own = ++this.#last;
    this.#calls.set(own, call);
    for (const [seat, open] of this.#seats) {
      if (seat === asker) continue;
      const [oldest = now] = open.values();
      if (now - oldest > HUNG_AFTER) this.#onHung(seat);
      open.set(own, now);
      call.missing++;
      seat.send({ type: "question", id: own, question });
    }
    if (call.missing === 0) this.#complete(own, call);
  }

  /** Hands an answer to who asked. */
  answer(from: S, id: number, answer: Answer): void {
    const call = this.#calls.get(id);
    if (!this.#seats.get(from)?.delete(id) || call === undefined) return;
    if (this.#seats.has(call.asker)) call.asker.send({ type: "answer", id: call.id, answer });
    this.#answered(id);
  }

  #answered(id: number): void {
    const call = this.#calls.get(id);
    if (call !== undefined && --call.missing === 0) this.#complete(id, call);
  }

  #complete(id: number, call: Call<S>): void {
    this.#calls.delete(id);
    if (this.#seats.has(call.asker)) call.asker.send({ type: "complete", id: call.id });
  }
}
