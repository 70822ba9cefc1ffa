import type { Serving } from "./serving.ts";
import { stderr } from "./terminal.ts";

/** How long what is in flight may take once the proxy is to stop. */
export const GRACE_MS = 10_000;
/** 128 and the signal's number, as a shell reports it. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Resolves once a signal has stopped the server. A second signal ends the process at once. */
export function untilStopped(server: Pick<Serving, "stop">): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let stopping = false;
  const onSignal = (signal: keyof typeof EXIT_CODES) => {
    if (stopping) {
      stderr.info(`${signal} again: stopping at once`);
      process.exit(EXIT_CODES[signal]);
    }
    stopping = true;
    stop(server, signal).then(resolve, reject);
  };
  process.on("SIGINT", () => onSignal("SIGINT"));
  process.on("SIGTERM", () => onSignal("SIGTERM"));
  return promise;
}

async function stop(server: Pick<Serving, "stop">, signal: string): Promise<void> {
  stderr.info(`${signal}: finishing what is in flight, at most ${GRACE_MS / 1000} s; again to stop at once`);
  const cutOff = await server.stop(GRACE_MS);
  if (cutOff > 0) stderr.warn(`${cutOff} ${cutOff === 1 ? "request was" : "requests were"} cut off`);
  stderr.info("stopped");
}
