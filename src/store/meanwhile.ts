import type { StoredResponse } from "../caching/stored.ts";

/** Whether what happened to a store leaves nothing of a response. */
export type Undoes = (found: StoredResponse) => boolean;

/**
 * What happens to a store while somebody looks into a slow one below it: what that then finds may be from before, and must not be
 * brought back. Neither is it trusted while a drop is still under way there.
 */
export class Meanwhile {
  readonly #dropping = new Set<Undoes>();
  readonly #looks = new Set<Undoes[]>();

  /** Something happens now. */
  note(undoes: Undoes): void {
    for (const look of this.#looks) look.push(undoes);
  }

  /** Something is dropped, from now until `drop` has done it. */
  async during<T>(undoes: Undoes, drop: () => Promise<T>): Promise<T> {
    this.note(undoes);
    this.#dropping.add(undoes);
    try {
      return await drop();
    } finally {
      this.#dropping.delete(undoes);
    }
  }

  /**
   * Somebody looks below.
   * @returns to be called once with what that found: what of it still holds
   */
  look(): (found: readonly StoredResponse[]) => readonly StoredResponse[] {
    const undone = [...this.#dropping];
    this.#looks.add(undone);
    return (found) => {
      this.#looks.delete(undone);
      return undone.length === 0 ? found : found.filter((stored) => !undone.some((undoes) => undoes(stored)));
    };
  }
}
