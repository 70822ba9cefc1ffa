import type { CacheKey } from "../caching/key.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Milliseconds } from "../http/date.ts";
import type { ResponseParts } from "../http/exchange.ts";
import type { Ask } from "./ask.ts";
import type { Errand } from "./behind-in-turn.ts";
import type { Validate } from "./validate.ts";

/** Validates a stored response behind an answer that was already given (RFC 5861 §3). */
export type Background = (ask: Ask, stored: StoredResponse) => void;

/** How long one validation may take, its body included: a client would leave, nobody here does. */
const LIMIT: Milliseconds = 60_000;

/**
 * One validation per key at a time; nobody waits for it.
 * @param errand whether and when it is this process that does it
 * @param report told of an error that nobody else would see
 */
export function background(validate: Validate, errand: Errand, report: (error: unknown) => void): Background {
  const underWay = new Set<CacheKey>();
  return (ask, stored) => {
    if (underWay.has(stored.key)) return;
    underWay.add(stored.key);
    const run = async (): Promise<void> => {
      const by = { type: "behind", signal: AbortSignal.timeout(LIMIT), departure: undefined } as const;
      const { response } = await validate(
        ask,
        { type: "validate", stored, fwd: "stale", why: "expired", onError: "never" },
        by,
      );
      await drain(response);
    };
    errand(ask, stored, run)
      .catch(report)
      .finally(() => underWay.delete(stored.key));
  };
}

/** Reads to the end: a body is stored as it passes. One that breaks off is not, which is all there is to say of it. */
async function drain({ body }: ResponseParts): Promise<void> {
  if (!(body instanceof ReadableStream)) return;
  const reader = body.getReader();
  const more = async (): Promise<boolean> => !(await reader.read().catch(() => ENDED)).done;
  while (await more());
}

const ENDED = { done: true } as const;
