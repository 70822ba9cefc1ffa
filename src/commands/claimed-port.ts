import { isAbsentAddress } from "../config/listen.ts";

/** A port that nobody else gets until it is released. */
export type ClaimedPort = { readonly port: number; readonly release: () => void };

/**
 * Takes a port for workers that are about to share it: as long as it is held no other proxy starts there, and where one has it already, this
 * is where it shows, since whoever is willing to share is let in beside others that are.
 * @param port 0 for any that is free
 * @throws the system's error (with its `code`) where listening is not possible
 */
export function claimPort(port: number, hosts: readonly string[]): ClaimedPort {
  const listeners: Bun.TCPSocketListener[] = [];
  const release = (): void => {
    for (const listener of listeners) listener.stop(true);
  };
  let claimed = port;
  for (const hostname of hosts) {
    try {
      const listener = Bun.listen({ hostname, port: claimed, socket: { data: () => undefined } });
      listeners.push(listener);
      claimed = listener.port;
    } catch (error) {
      if (listeners.length > 0 && isAbsentAddress(error)) continue;
      release();
      throw error;
    }
  }
  return { port: claimed, release };
}
