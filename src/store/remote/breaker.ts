import type { Milliseconds } from "../../http/date.ts";

/** How a breaker goes about it. */
export type BreakerHow = {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** How long it waits before a probe: at first, and at most when it doubles with each that fails. */
  readonly wait: { readonly first: Milliseconds; readonly most: Milliseconds };
  readonly steady: () => Milliseconds;
  readonly sleep: (length: Milliseconds) => Promise<void>;
  /** Finds out whether it works again, and does what has to be done before anybody else may use it. Rejects where it does not. */
  readonly probe: () => Promise<void>;
  /** Whether nothing came up since the probe that has to be done first. */
  readonly isReady: () => boolean;
  /** Told when it opens, by what. */
  readonly onOpen: (error: unknown) => void;
  readonly onClose: () => void;
};

/** How those of remote stores go about it. */
export const USUALLY = { failures: 3, wait: { first: 250, most: 5000 } } as const satisfies Partial<BreakerHow>;

/** Keeps everybody from what does not work, and tries by itself whether it does again, so that no request has to. */
export class Breaker {
  readonly #how: BreakerHow;
  #failures = 0;
  #failedAt = Number.NEGATIVE_INFINITY;
  #open = false;
  #ended = false;

  constructor(how: BreakerHow) {
    this.#how = how;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /**
   * Failures that lie beside each other count as one: one hiccup hits all that is under way.
   * @param began when what failed was begun
   */
  failed(error: unknown, began: Milliseconds): void {
    if (began < this.#failedAt) return;
    this.#failedAt = this.#how.steady();
    this.#failures++;
    if (this.#failures >= this.#how.failures) this.trip(error);
  }

  /** Opens at once. */
  trip(error: unknown): void {
    if (this.#open || this.#ended) return;
    this.#open = true;
    this.#how.onOpen(error);
    void this.#recover();
  }

  /** No further probes; it stays as it is. */
  end(): void {
    this.#ended = true;
  }

  async #recover(): Promise<void> {
    const { wait, sleep, probe, isReady, onClose } = this.#how;
    for (let pause = wait.first; ; pause = Math.min(2 * pause, wait.most)) {
      await sleep(pause);
      if (this.#ended) return;
      if (!(await succeeds(probe)) || this.#ended || !isReady()) continue;
      this.#open = false;
      this.#failures = 0;
      onClose();
      return;
    }
  }
}

async function succeeds(probe: () => Promise<void>): Promise<boolean> {
  try {
    await probe();
    return true;
  } catch {
    // Who opened it said why; that it lasts is no news.
    return false;
  }
}
