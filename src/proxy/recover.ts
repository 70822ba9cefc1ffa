import { annotate, type CacheStatus } from "../http/cache-status.ts";
import type { Layer } from "../http/exchange.ts";
import { INTERNAL_ERROR, problemResponse } from "../http/problem.ts";

/**
 * Turns an error that nothing below caught into a 500, so that it is logged and counted like any other answer.
 * @param report told of the error
 */
export function recovering(report: (error: unknown) => void): Layer {
  return (next) => async (incoming) => {
    try {
      return await next(incoming);
    } catch (error) {
      report(error);
      const cacheStatus: CacheStatus = { type: "none", detail: "internal-error" };
      const response = problemResponse(INTERNAL_ERROR);
      annotate(response.headers, cacheStatus);
      return { response, cacheStatus };
    }
  };
}
