import type { Milliseconds } from "../http/date.ts";
import type { Send } from "../http/origin.ts";
import type { Crew } from "./crew.ts";
import type { Answer } from "./message.ts";

/** What one worker tells or asks the others of whether the origin is asked. */
export type ContactQuestion =
  | { readonly type: "contact-change"; readonly offline: boolean }
  | { readonly type: "contact" };

/** How long others are waited for. */
const PATIENCE: Milliseconds = 4000;

/** Whether the origin is asked: the same in all workers, and switched while the proxy runs. */
export class Contact {
  readonly #crew: Crew | undefined;
  #isOffline: boolean;

  /** @param crew undefined where this process is alone */
  constructor(begins: "online" | "offline", crew: Crew | undefined) {
    this.#isOffline = begins === "offline";
    this.#crew = crew;
  }

  get isOffline(): boolean {
    return this.#isOffline;
  }

  /** A way to the origin that nothing takes while it is not asked. */
  around(send: Send): Send {
    return (outgoing) => (this.#isOffline ? UNSENT : send(outgoing));
  }

  /** Switches it in all workers; false where one of them did not confirm that in time. */
  async switchTo(offline: boolean): Promise<boolean> {
    this.#isOffline = offline;
    const told = await this.#crew?.ask({ type: "contact-change", offline }, PATIENCE);
    return told?.complete ?? true;
  }

  /** Does as the others by now, for a worker that takes a crashed one's place. */
  async catchUp(): Promise<void> {
    if (this.#crew === undefined || this.#crew.place.restarts === 0) return;
    const { answers } = await this.#crew.ask({ type: "contact" }, PATIENCE);
    for (const answer of answers) if (answer.type === "contact") this.#isOffline = answer.offline;
  }

  /** Answers another worker. */
  answer(question: ContactQuestion): Answer {
    if (question.type === "contact") return { type: "contact", offline: this.#isOffline };
    this.#isOffline = question.offline;
    return { type: "heeded", dropped: 0 };
  }
}

const UNSENT: ReturnType<Send> = Promise.resolve({ type: "failed", failure: { type: "offline" } });
