/** This process's own, so that nobody can choose texts beforehand that all fall on one place. */
const SEED = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** A hash of a text for tables of this process, 0 to below 2³². */
export function ownHash(text: string): number {
  return Bun.hash.xxHash32(text, SEED);
}
