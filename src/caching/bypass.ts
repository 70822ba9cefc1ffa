import { type CacheKey, isAmbiguous } from "./key.ts";

/** Why a GET, HEAD or QUERY goes to the origin without a look at what is stored. */
export type BypassReason = "ambiguous-url" | "precondition-for-origin";

/** Whether a request must not be answered from the cache at all, nor its answer kept. */
export function bypassReason(request: Headers, key: CacheKey): BypassReason | undefined {
  if (isAmbiguous(key)) return "ambiguous-url";
  // If-Match and If-Unmodified-Since are for the origin to evaluate (RFC 9111 §4.3.2).
  if (request.has("if-match") || request.has("if-unmodified-since")) return "precondition-for-origin";
  return undefined;
}
