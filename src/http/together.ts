/**
 * Resolves once this turn of the event loop has brought all that it has, at the same time for all who wait: what they then do runs one after the
 * other, step by step. Done for each where it comes, between Bun's reading and writing of others, the same steps find that their code and what
 * they work with has left the core's cache, and take twice as long.
 */
export function together(): Promise<void> {
  end ??= new Promise((resolve) => {
    atEnd(() => {
      end = undefined;
      resolve();
    });
  });
  return end;
}

let end: Promise<void> | undefined;
/** The system's own, also where a program's tests put clocks of theirs in its place. */
const atEnd = setImmediate;
