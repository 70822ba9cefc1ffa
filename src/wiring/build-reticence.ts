import { isLoopback } from "../config/listen.ts";
import type { Layer } from "../http/exchange.ts";
import type { Send } from "../http/origin.ts";
import { leastDetail } from "../proxy/least-detail.ts";
import { tellingFailures } from "../proxy/told-failures.ts";

/** Who is told what of an error. */
export type Reticence = {
  /** Around all that answers clients. */
  readonly layer: Layer;
  /** Around the way to the origin. */
  readonly telling: (send: Send) => Send;
};

/**
 * On loopback whoever asks is who runs the proxy, and is told all. Elsewhere strangers are told the least, and the terminal the rest.
 * @param hosts where it listens
 */
export function reticenceOf(hosts: readonly string[], report: (error: unknown) => void): Reticence {
  if (hosts.every(isLoopback)) return { layer: (next) => next, telling: (send) => send };
  return { layer: leastDetail, telling: (send) => tellingFailures(send, report, () => performance.now()) };
}
