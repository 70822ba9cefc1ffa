import type { Milliseconds } from "../../http/date.ts";

/** A server did not answer in time. */
export class TooSlow extends Error {}

/**
 * Waits so long for what is under way and no longer; what becomes of it later is nobody's matter.
 * @throws TooSlow, or what it is rejected with before
 */
export async function within<T>(patience: Milliseconds, underWay: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const tooSlow = (): void => reject(new TooSlow(`no answer within ${Math.round(patience)} ms`));
  // Where this process itself was held up, the answer may lie there already: it is read before this.
  let timer = setTimeout(() => {
    timer = setTimeout(tooSlow, 1);
  }, patience);
  try {
    return await Promise.race([underWay, promise]);
  } finally {
    clearTimeout(timer);
  }
}
