import { readdirSync, readFileSync } from "node:fs";
import type { Lag } from "./loop-lag.ts";

/** How a process is doing, as JSON carries it. */
export type Vitals = {
  /** Seconds since the epoch. */
  readonly startSeconds: number;
  /** How long it has had a core, in its own code and in the kernel's. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** What JavaScript holds of it, bodies not counted. */
  readonly heapBytes: number;
  /** Open files and sockets, and how many there may be; absent where the system does not say (it is asked by /proc). */
  readonly openFiles?: number;
  readonly maxFiles?: number;
  readonly lag: Lag;
};

/** Looks at this process, which takes about 0.1 ms. Bun's own figures are taken as far as they are true. */
export function vitals(lag: Lag): Vitals {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    startSeconds: STARTED,
    cpuSeconds: (user + system) / 1_000_000,
    residentBytes: rss,
    heapBytes: heapUsed,
    ...files(),
    lag,
  };
}

const STARTED = Math.round(Date.now() - process.uptime() * 1000) / 1000;

function files(): Pick<Vitals, "openFiles" | "maxFiles"> {
  if (process.platform !== "linux") return {};
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    // The folder itself is open while it is read.
    const openFiles = readdirSync("/proc/self/fd").length - 1;
    return { openFiles, ...(limit === undefined ? {} : { maxFiles: Number(limit) }) };
  } catch {
    // No /proc, or none that one may read: then nobody can say.
    return {};
  }
}
