import type { Note } from "../fixtures/journal.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Met } from "../veil/veil.ts";
import type {
  Answer,
  Confided,
  Orders,
  Place,
  Question,
  SupervisorQuestion,
  ToSupervisor,
  ToWorker,
} from "./message.ts";

/** What the others said. */
export type Heard = {
  readonly answers: readonly Answer[];
  /** False where time was up before all who are there had answered. */
  readonly complete: boolean;
};

/** The other workers, as one of them sees them. */
export interface Crew {
  readonly place: Place;
  readonly orders: Orders;
  /** Asks all others. Each hears one's questions in their order; never rejects. */
  ask(question: Question | Confided | SupervisorQuestion, patience: Milliseconds): Promise<Heard>;
  /** How this worker answers from now on; until then it has nothing that it could let go of. */
  attend(answer: (question: Question) => Answer | Promise<Answer>): void;
  /** Who learns of the secrets that the others meet; until then nobody does. */
  confide(learn: (met: Met) => void): void;
  /** Tells the supervisor of the use of fixtures, who remembers it also when this worker has gone. */
  note(note: Note): void;
}

/** A worker's end of the line to its supervisor. */
export class SupervisedCrew implements Crew {
  readonly place: Place;
  readonly orders: Orders;
  readonly #send: (message: ToSupervisor) => void;
  readonly #onError: (error: unknown) => void;
  readonly #open = new Map<number, { answers: Answer[]; end: (complete: boolean) => void }>();
  #answer: (question: Question) => Answer | Promise<Answer> = () => ({ type: "heeded", dropped: 0 });
  #learn: (met: Met) => void = () => undefined;
  #asked = 0;

  /** @param onError told where this worker could not answer the others */
  constructor(
    { place, orders }: { readonly place: Place; readonly orders: Orders },
    send: (message: ToSupervisor) => void,
    onError: (error: unknown) => void,
  ) {
    this.place = place;
    this.orders = orders;
    this.#send = send;
    this.#onError = onError;
  }

  ask(question: Question | Confided | SupervisorQuestion, patience: Milliseconds): Promise<Heard> {
    const id = this.#asked++;
    const answers: Answer[] = [];
    const { promise, resolve } = Promise.withResolvers<Heard>();
    const end = (complete: boolean): void => {
      clearTimeout(timer);
      this.#open.delete(id);
      resolve({ answers, complete });
    };
    const timer = setTimeout(end, patience, false);
    this.#open.set(id, { answers, end });
    this.#send({ type: "question", id, question });
    return promise;
  }

  attend(answer: (question: Question) => Answer | Promise<Answer>): void {
    this.#answer = answer;
  }

  confide(learn: (met: Met) => void): void {
    this.#learn = learn;
  }

  note(note: Note): void {
    this.#send({ type: "noted", note });
  }

  /** Takes what the supervisor sends. */
  take(message: ToWorker): void {
    switch (message.type) {
      case "question":
        this.#reply(message.id, message.question).catch(this.#onError);
        return;
      case "answer":
        this.#open.get(message.id)?.answers.push(message.answer);
        return;
      case "complete":
        this.#open.get(message.id)?.end(true);
        return;
      case "serve":
      case "reopen-log":
      case "stop":
        return;
    }
  }

  async #reply(id: number, question: Question | Confided): Promise<void> {
    if (question.type === "secrets") {
      // Answered in any case: else its supervisor would take this worker for one that hangs.
      this.#send({ type: "answer", id, answer: { type: "heeded", dropped: 0 } });
      this.#learn(question.met);
      return;
    }
    this.#send({ type: "answer", id, answer: await this.#answer(question) });
  }
}
