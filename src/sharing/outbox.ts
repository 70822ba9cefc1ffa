import type { Milliseconds } from "../http/date.ts";
import { pause } from "../store/remote/pause.ts";

/** Something to be announced, and who waits for that. */
type Letter = {
  readonly text: string;
  readonly sent: (inTime: boolean) => void;
};

/** Most that may wait; beyond it one announcement stands for all. */
export const MOST_WAITING = 1000;

/** After how long it is looked again whether something can be announced. */
const TOO_EARLY_MS: Milliseconds = 20;

/** Announces things in their order, and those that cannot be announced now once they can. */
export class Outbox {
  readonly #everything: string;
  readonly #publish: (text: string) => Promise<void>;
  readonly #isTooEarly: () => boolean;
  #waiting: Letter[] = [];
  #isOpen = false;
  #sending: Promise<void> | undefined;

  /**
   * @param everything what stands for all that had to wait, where that became too much
   * @param publish rejects where it is not certain that it was announced
   * @param isTooEarly whether what is to be announced may not have been done yet
   */
  constructor(everything: string, publish: (text: string) => Promise<void>, isTooEarly: () => boolean) {
    this.#everything = everything;
    this.#publish = publish;
    this.#isTooEarly = isTooEarly;
  }

  /** Resolves to whether it was announced at once, within `patience`. Where it was not, it will be. */
  send(text: string, patience: Milliseconds): Promise<boolean> {
    if (!this.#isOpen) {
      // A change is announced before and after, which once will do for now.
      if (this.#waiting.at(-1)?.text !== text) this.#push({ text, sent: () => undefined });
      return Promise.resolve(false);
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, patience, false);
    const sent = (inTime: boolean): void => {
      clearTimeout(timer);
      resolve(inTime);
    };
    this.#push({ text, sent });
    this.#start();
    return promise;
  }

  /** From now on things can be announced. */
  open(): void {
    this.#isOpen = true;
    this.#start();
  }

  /** Until it is opened again nothing can be announced, so that nobody needs to wait for it. */
  shut(): void {
    this.#isOpen = false;
    for (const letter of this.#waiting) letter.sent(false);
  }

  /** Resolves once nothing waits any more, or nothing can be announced, or time is up. */
  async emptied(patience: Milliseconds): Promise<void> {
    await Promise.race([this.#sending, pause(patience)]);
  }

  #push(letter: Letter): void {
    if (this.#waiting.length >= MOST_WAITING) {
      for (const each of this.#waiting) each.sent(false);
      this.#waiting = [{ text: this.#everything, sent: () => undefined }];
    }
    this.#waiting.push(letter);
  }

  #start(): void {
    if (!this.#isOpen || this.#waiting.length === 0) return;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      this.#start();
    });
  }

  async #sendAll(): Promise<void> {
    try {
      for (let letter = this.#waiting[0]; this.#isOpen && letter !== undefined; letter = this.#waiting[0]) {
        if (this.#isTooEarly()) {
          await Bun.sleep(TOO_EARLY_MS);
          continue;
        }
        await this.#publish(letter.text);
        letter.sent(true);
        if (this.#waiting[0] === letter) this.#waiting.shift();
      }
    } catch {
      // It goes on once it is opened again.
      this.shut();
    }
  }
}
