/** A figure that was taken several times. */
export type Samples = readonly number[];

export function median(samples: Samples): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/**
 * Measures subjects in turns, so that whatever else the machine does meets all of them alike. A first round is thrown away.
 * @param names of the subjects
 * @param measure one figure of one subject
 */
export async function interleaved(
  rounds: number,
  names: readonly string[],
  measure: (name: string) => Promise<number>,
): Promise<ReadonlyMap<string, Samples>> {
  const samples = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    // Each round starts with another one: who comes first meets another machine than who comes last.
    const from = (round + 1) % names.length;
    for (const name of [...names.slice(from), ...names.slice(0, from)]) {
      const figure = await measure(name);
      if (round >= 0) samples.get(name)?.push(figure);
    }
  }
  return samples;
}
