import { CLEAR, covering, type Purge } from "../../caching/purge.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import type { Instant } from "../../http/date.ts";

/** More than so many are owed as one: all that lies there. */
const MOST = 1000;

type Debt = { readonly purge: Purge; readonly at: Instant; readonly covers: ReturnType<typeof covering> };

/** What should have gone and could not be dropped, as on a full disk: until that is made good it must not be found. */
export class Owed {
  #debts: readonly Debt[] = [];

  note(purge: Purge, at: Instant): void {
    const debts = this.#debts.length < MOST ? this.#debts : [];
    const owed = this.#debts.length < MOST ? purge : CLEAR;
    this.#debts = [...debts, { purge: owed, at, covers: covering(owed.what) }];
  }

  /** Whether a stored response was asked for before something that should have taken it. */
  covers(stored: StoredResponse): boolean {
    return this.#debts.some(({ at, covers }) => stored.reading.requestTime <= at && covers(stored));
  }

  get isEmpty(): boolean {
    return this.#debts.length === 0;
  }

  /** Makes them good, one after the other; those that still fail stay, with that error. */
  async settle(pay: (purge: Purge) => Promise<unknown>): Promise<void> {
    for (const debt of this.#debts) {
      await pay(debt.purge);
      this.#debts = this.#debts.filter((other) => other !== debt);
    }
  }
}
