import type { Milliseconds } from "../../http/date.ts";

/** Redis did not answer in time. */
export class TooSlow extends Error {}

/**
 * Waits so long for what is under way and no longer; what becomes of it later is nobody's matter.
 * @throws TooSlow, or what it is rejected with before
 */
export async function within<T>(patience: Milliseconds, underWay: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TooSlow(`no answer within ${Math.round(patience)} ms`)), patience);
  try {
    return await Promise.race([underWay, promise]);
  } finally {
    clearTimeout(timer);
  }
}
