import { after } from "../http/at-once.ts";
import { type CacheStatus, xCache } from "../http/cache-status.ts";
import type { Layer, Reply } from "../http/exchange.ts";
import { problemResponse } from "../http/problem.ts";

/**
 * Takes out of errors of our own all that strangers have no use for: the origin's address, what went wrong there, files, settings.
 * The status and Cache-Status still say what it was.
 */
export const leastDetail: Layer = (next) => (incoming) => after(next(incoming), briefly);

function briefly(reply: Reply): Reply {
  const { cacheStatus, response } = reply;
  if (cacheStatus === undefined || !isOurs(cacheStatus)) return reply;
  const { status } = response;
  if (status < 400 || response.headers.get("content-type") !== "application/problem+json") return reply;
  const { headers: own, body } = problemResponse({ status, title: TITLES[status] ?? "Error", detail: DETAIL });
  const headers = new Headers(response.headers);
  for (const [name, value] of own) headers.set(name, value);
  return { ...reply, response: { status, headers, body } };
}

/** What a rule answers is ours as well, but was written for whoever asks. */
function isOurs(of: CacheStatus): boolean {
  if (of.type === "none") return xCache(of) !== "BYPASS";
  return of.type === "forward" && of.status === undefined;
}

const DETAIL = "Cache-Status names the reason; whoever runs the proxy finds more in its log.";

const TITLES: Readonly<Record<number, string>> = {
  429: "Too many requests",
  500: "Internal error",
  501: "Method not supported",
  502: "Origin unreachable",
  503: "Origin overloaded",
  504: "No answer in time",
  508: "Loop detected",
};
