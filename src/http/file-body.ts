/**
 * Whether a body lies in a file, from which it is read when it is asked for. Of such `new Blob([…])` leaves out, without a word,
 * whatever stands beside other pieces (Bun 1.4.5).
 */
export function liesInFile(body: Blob): boolean {
  return Reflect.get(body, "name") !== undefined;
}

/** A body that lies in a file, read; any other as it is. */
export async function inMemory(body: Blob): Promise<Blob> {
  return liesInFile(body) ? new Blob([await body.bytes()]) : body;
}
