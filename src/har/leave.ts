/** How many entries of an archive led to nothing, by the reason, and what is wrong with the first that could not be understood. */
export class Leavings {
  readonly #counts = new Map<string, number>();
  readonly #faults: { readonly entry: number; readonly why: string }[] = [];

  count(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  fault(entry: number, reason: string, why: string): void {
    this.count(reason);
    if (this.#faults.length < MOST_FAULTS) this.#faults.push({ entry, why });
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  get faults(): readonly { readonly entry: number; readonly why: string }[] {
    return this.#faults;
  }
}

/** Told of an archive at once; a person reads no more of them. */
const MOST_FAULTS = 20;
