import { isAbsentAddress } from "../config/listen.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Listener } from "../wire/front.ts";

/** The listeners at all addresses of a proxy, as one. */
export type Listeners = {
  /** The one port of all of them. */
  readonly port: number;
  /** Ends a request's connection without an answer. */
  readonly abandon: (request: Request) => void;
  /** Has others listen in their places, while what is open at these goes on. */
  readonly replace: (listen: Listen) => Promise<void>;
  /** Takes nothing new, and lets what is in flight finish for at most `grace` ms. Resolves to the number of requests cut off. */
  readonly stop: (grace: Milliseconds) => Promise<number>;
};

/** Begins to listen at an address. */
export type Listen = (hostname: string, port: number) => Listener;

/** A port that is free at one address may be taken at the next one. */
const FREE_PORTS_TRIED = 20;

/**
 * Listens at all addresses at one port.
 * @param port 0 picks one that is free at all of them
 * @throws the system's error where listening is not possible
 */
export async function buildListeners(listen: Listen, hosts: readonly string[], port: number): Promise<Listeners> {
  for (let tries = 1; ; tries++) {
    const listeners: Listener[] = [];
    try {
      for (const host of hosts) {
        const listener = listenAt(listen, host, listeners[0]?.port ?? port, listeners.length > 0);
        if (listener !== undefined) listeners.push(listener);
      }
      return together(listeners, port, hosts);
    } catch (error) {
      for (const listener of listeners) await listener.stop(true);
      const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (port !== 0 || listeners.length === 0 || !isTaken || tries === FREE_PORTS_TRIED) throw error;
    }
  }
}

/** @param optional an address that this machine lacks (IPv6 switched off) is left out where another one listens */
function listenAt(listen: Listen, host: string, port: number, optional: boolean): Listener | undefined {
  try {
    return listen(host, port);
  } catch (error) {
    if (optional && isAbsentAddress(error)) return undefined;
    throw error;
  }
}

function together(first: readonly Listener[], asked: number, hosts: readonly string[]): Listeners {
  const port = first[0]?.port ?? asked;
  let current = first;
  const retiring = new Set<Listener>();
  return {
    port,
    abandon: (request) => current[0]?.abandon(request),
    async replace(listen) {
      const before = current;
      const next: Listener[] = [];
      try {
        for (const host of hosts) {
          const listener = listenAt(listen, host, port, next.length > 0);
          if (listener !== undefined) next.push(listener);
        }
      } catch (error) {
        for (const listener of next) await listener.stop(true);
        throw error;
      }
      current = next;
      for (const listener of before) {
        retiring.add(listener);
        void listener.retire().then(() => retiring.delete(listener));
      }
    },
    async stop(grace) {
      const listeners = [...current, ...retiring];
      const drained = Promise.all(listeners.map((listener) => listener.stop(false)));
      if ((await within(drained, grace)) === "in-time") return 0;
      const cut = listeners.reduce((sum, listener) => sum + listener.pendingRequests, 0);
      for (const listener of listeners) await listener.stop(true);
      return cut;
    },
  };
}

/** Waits for something, but no longer than so; leaves no timer behind. */
export async function within(promise: Promise<unknown>, length: Milliseconds): Promise<"in-time" | "late"> {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), length);
  try {
    return await Promise.race([promise.then(() => "in-time" as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
