import { annotate, type CacheStatus } from "../http/cache-status.ts";
import type { Layer, Reply } from "../http/exchange.ts";
import { INTERNAL_ERROR, problemResponse } from "../http/problem.ts";

/**
 * Turns an error that nothing below caught into a 500, so that it is logged and counted like any other answer.
 * @param report told of the error
 */
export function recovering(report: (error: unknown) => void): Layer {
  return (next) => (incoming) => {
    try {
      const reply = next(incoming);
      return reply instanceof Promise ? reply.catch(recovered) : reply;
    } catch (error) {
      return recovered(error);
    }
  };

  function recovered(error: unknown): Reply {
    report(error);
    const cacheStatus: CacheStatus = { type: "none", detail: "internal-error" };
    const response = problemResponse(INTERNAL_ERROR);
    annotate(response.headers, cacheStatus);
    return { response, cacheStatus };
  }
}
