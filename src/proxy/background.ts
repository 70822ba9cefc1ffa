import type { CacheKey } from "../caching/key.ts";
import { matches } from "../caching/selecting.ts";
import type { StoredResponse } from "../caching/stored.ts";
import { type Ask, anonymous } from "./ask.ts";
import { FOR_NOBODY } from "./collapse.ts";
import type { Validate } from "./validate.ts";

/** Validates a stored response behind an answer that was already given (RFC 5861 §3). */
export type Background = (asked: Ask, stored: StoredResponse) => void;

/**
 * One validation per key at a time; nobody waits for it, and it asks for nobody in particular.
 * @param report told of an error that nobody else would see
 */
export function background(validate: Validate, report: (error: unknown) => void): Background {
  const underWay = new Set<CacheKey>();
  return (asked, stored) => {
    const ask = anonymous(asked);
    // One that depends on who asks can only be validated by who asks.
    if (underWay.has(ask.key) || !matches(stored.selecting, ask.presented)) return;
    underWay.add(ask.key);
    validate(ask, { type: "validate", stored, fwd: "stale", onError: "never" }, FOR_NOBODY)
      .then(({ response }) => drain(response))
      .catch(report)
      .finally(() => underWay.delete(ask.key));
  };
}

/** Reads to the end: a body is stored as it passes. One that breaks off is not, which is all there is to say of it. */
async function drain({ body }: Response): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  const more = async (): Promise<boolean> => !(await reader.read().catch(() => ENDED)).done;
  while (await more());
}

const ENDED = { done: true } as const;
