import type { Milliseconds } from "../http/date.ts";
import type { StoredView } from "../store/stored-view.ts";
import type { Crew } from "./crew.ts";
import type { Answer } from "./message.ts";

/** What one worker asks the others to show of what they hold. */
export type ViewQuestion = {
  readonly type: "view";
  /** Of the origin. */
  readonly url: string;
  readonly publicOrigin: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
};

const PATIENCE: Milliseconds = 4000;

/** What is stored for a URL, shown by this worker or by one that holds it. */
export class Viewing {
  readonly #own: (question: ViewQuestion) => Promise<StoredView | undefined>;
  readonly #crew: Crew | undefined;

  /** @param crew the others where each has a store of its own; undefined where this process is alone or all see one tier */
  constructor(own: (question: ViewQuestion) => Promise<StoredView | undefined>, crew: Crew | undefined) {
    this.#own = own;
    this.#crew = crew;
  }

  /** Undefined where nobody holds anything. */
  async one(question: ViewQuestion): Promise<StoredView | undefined> {
    const own = await this.#signed(question);
    if (own !== undefined || this.#crew === undefined) return own;
    const { answers } = await this.#crew.ask(question, PATIENCE);
    return answers.flatMap((answer) => (answer.type === "view" ? answer.views : [])).at(0);
  }

  /** Answers another worker. */
  async answer(question: ViewQuestion): Promise<Answer> {
    const own = await this.#signed(question);
    return { type: "view", views: own === undefined ? [] : [own] };
  }

  async #signed(question: ViewQuestion): Promise<StoredView | undefined> {
    const view = await this.#own(question);
    if (view === undefined || this.#crew === undefined) return view;
    return { ...view, shown: { ...view.shown, worker: this.#crew.place.number } };
  }
}
