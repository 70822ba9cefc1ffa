import { type CatchUp, catchUp, type Position, readAnnouncement, type Since } from "./announcement.ts";

/** Who acts on what the others announce. */
export type Listener = {
  /** Acts on an announcement of another one. */
  readonly hear: (text: string) => Promise<void>;
  /** Lets go of all that another one may have announced something about, which nobody knows any more. */
  readonly forget: () => Promise<void>;
};

/** What was heard so far. */
export type HeardCounts = {
  /** Announcements of others. */
  readonly heard: number;
  /** Those that did not come when they were made, and were made up for. */
  readonly missed: number;
  /** Messages that were no announcements. */
  readonly ignored: number;
  /** How often everything was let go of, since nobody knew what had been missed. */
  readonly forgotten: number;
};

/** What hearing rests on. */
export type HearingParts = {
  /** Who announces from here: what is heard of him is no news. */
  readonly sender: string;
  readonly listener: Listener;
  /** Asks Redis for what came after a position; without one, for where the announcements have come to. */
  readonly since: (position: Position | undefined) => Promise<Since>;
  /** Told of what could not be acted on. */
  readonly report: (error: unknown) => void;
};

/** Acts on announcements one after the other, each once, and notices when there was one that did not come. */
export class Hearing {
  readonly #parts: HearingParts;
  #counts: HeardCounts = { heard: 0, missed: 0, ignored: 0, forgotten: 0 };
  /** Up to where everything was heard. */
  #heard: Position | undefined;
  #acting: Promise<void> = Promise.resolve();
  #hasBegun = false;

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  get counts(): HeardCounts {
    return this.#counts;
  }

  /** What was heard so far says nothing any more of what is announced from now on. */
  loseTrack(): void {
    this.#heard = undefined;
  }

  /**
   * Makes up for announcements that did not come.
   * @throws what asking Redis throws
   */
  check(): Promise<CatchUp["type"]> {
    return this.#act(() => this.#catchUp());
  }

  /** Takes a message that came; whether it was an announcement. */
  take(message: string): boolean {
    const announcement = readAnnouncement(message);
    if (announcement === undefined) {
      this.#counts = { ...this.#counts, ignored: this.#counts.ignored + 1 };
      return false;
    }
    const { epoch, number, sender, text } = announcement;
    const heard = this.#act(async () => {
      const last = this.#heard;
      // Before the first check nothing is known of what came before.
      if (last === undefined || (epoch === last.epoch && number <= last.number)) return;
      if (epoch !== last.epoch || number !== last.number + 1) {
        await this.#catchUp();
        return;
      }
      await this.#hear(sender, text);
      this.#heard = { epoch, number };
    });
    heard.catch(this.#parts.report);
    return true;
  }

  async #catchUp(): Promise<CatchUp["type"]> {
    const since = await this.#parts.since(this.#heard);
    const missed = catchUp(this.#heard, since);
    if (missed.type === "hear") {
      const { announcements, unreadable } = missed;
      const { missed: before, ignored } = this.#counts;
      this.#counts = { ...this.#counts, missed: before + announcements.length, ignored: ignored + unreadable };
      for (const { sender, text } of announcements) await this.#hear(sender, text);
    }
    if (missed.type === "forget") await this.#forget();
    this.#heard = since.now;
    return missed.type;
  }

  async #hear(sender: string, text: string): Promise<void> {
    if (sender === this.#parts.sender) return;
    this.#counts = { ...this.#counts, heard: this.#counts.heard + 1 };
    await this.#parts.listener.hear(text);
  }

  async #forget(): Promise<void> {
    // At the start there is nothing to forget.
    if (this.#hasBegun) this.#counts = { ...this.#counts, forgotten: this.#counts.forgotten + 1 };
    this.#hasBegun = true;
    await this.#parts.listener.forget();
  }

  #act<Value>(action: () => Promise<Value>): Promise<Value> {
    const done = this.#acting.then(action);
    this.#acting = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }
}
