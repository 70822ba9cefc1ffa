import type { CacheKey } from "../caching/key.ts";
import type { Ask } from "./ask.ts";
import type { Validate, Validation } from "./validate.ts";

/** Validates behind an answer that was already given (RFC 5861 §3). */
export type Background = (ask: Ask, validation: Validation) => void;

/**
 * One validation per key at a time; nobody waits for it.
 * @param report told of an error that nobody else would see
 */
export function background(validate: Validate, report: (error: unknown) => void): Background {
  const underWay = new Set<CacheKey>();
  return (ask, validation) => {
    if (underWay.has(ask.key)) return;
    underWay.add(ask.key);
    validate(ask, validation, "nobody")
      // Read to its end: a body is stored as it passes.
      .then(async ({ response }) => {
        await response.body?.pipeTo(new WritableStream());
      })
      .catch(report)
      .finally(() => underWay.delete(ask.key));
  };
}
