import type { Reply } from "../http/exchange.ts";

/** By which words of ours a request has come to nothing (http/detail.ts), where `fetch` has no response to give. */
const LOST: ReadonlySet<string> = new Set([
  ...["origin-unreachable", "origin-timeout", "client-left", "loop", "method-not-supported"],
]);

/**
 * The error that `fetch` rejects with in the place of a response of our own; undefined where there is one.
 * @param asked method and URL, for people
 * @param mode as the request had it: with `only-if-cached` nothing stored is an error (Fetch standard)
 */
export async function lost(
  { response, cacheStatus }: Reply,
  asked: string,
  mode: Request["cache"],
): Promise<Error | undefined> {
  if (cacheStatus?.type === "none" && cacheStatus.detail === "only-if-cached" && mode === "only-if-cached") {
    return new TypeError(`${asked}: nothing that is stored may answer it, and cache is "only-if-cached"`);
  }
  // What stands in for an answer that did not come has the same word.
  if (cacheStatus?.type !== "forward" || cacheStatus.status !== undefined) return undefined;
  const { detail = "" } = cacheStatus;
  if (!LOST.has(detail)) return undefined;
  const why = causeIn(await new Response(response.body).json());
  return detail === "origin-timeout"
    ? new DOMException(`${asked}: ${why ?? "no response in time"}`, "TimeoutError")
    : new TypeError(`${asked}: ${why ?? detail}`);
}

/** What the problem details say for people, without flags, of which a program has none. */
function causeIn(problem: unknown): string | undefined {
  const cause = typeof problem === "object" && problem !== null && "cause" in problem ? problem.cause : undefined;
  return typeof cause === "string" ? cause.replace(/ \(--\w+ accepts it\)$/, "") : undefined;
}
