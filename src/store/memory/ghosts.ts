/**
 * Which keys went lately, by their fingerprints, in a table that never grows: where two fall on one place the later one is
 * remembered, and where two have one fingerprint they are taken for each other, which costs an entry's place and no more.
 */
export class Ghosts {
  readonly #fingerprints: Int32Array;
  /** In which turn each went, by the low 32 bits of its number. */
  readonly #turns: Uint32Array;
  #turn = 0;

  /** @param places how many keys there is room for at best */
  constructor(places: number) {
    this.#fingerprints = new Int32Array(places);
    this.#turns = new Uint32Array(places);
  }

  /** What the table weighs. */
  get bytes(): number {
    return this.#fingerprints.byteLength + this.#turns.byteLength;
  }

  remember(fingerprint: number): void {
    const at = this.#placeOf(fingerprint);
    this.#fingerprints[at] = fingerprint;
    this.#turns[at] = this.#turn++;
  }

  /** Whether a key is among so many that went last; it is forgotten by being asked for. */
  recall(fingerprint: number, last: number): boolean {
    const at = this.#placeOf(fingerprint);
    if (this.#fingerprints[at] !== fingerprint) return false;
    this.#fingerprints[at] = NOTHING;
    return (this.#turn - (this.#turns[at] ?? 0)) >>> 0 <= last;
  }

  clear(): void {
    this.#fingerprints.fill(NOTHING);
  }

  #placeOf(fingerprint: number): number {
    return (fingerprint >>> 0) % this.#fingerprints.length;
  }
}

const NOTHING = 0;

/** What a key is known by, in 32 bits. */
export function fingerprintOf(key: string): number {
  const hash = Bun.hash.xxHash32(key) | 0;
  return hash === NOTHING ? 1 : hash;
}
