import { socketAt } from "../config/listen.ts";
import type { Settings } from "../config/settings.ts";
import { textAt } from "./json-shape.ts";

const PORTS_TRIED = 50;
const HIGHEST_PORT = 65_535;

/** Says in one sentence why listening failed and what to try; undefined where the error is not the system's. */
export function explainListenFailure(error: unknown, settings: Settings): string | undefined {
  const code = textAt(error, "code");
  const hosts = settings.hosts.join(" and ");
  if (code !== undefined && settings.hosts.some((host) => socketAt(host) !== undefined)) {
    const why =
      code === "EADDRINUSE" ? "somebody listens there already" : error instanceof Error ? error.message : code;
    return `cannot listen on ${hosts}: ${why}`;
  }
  if (code === "EADDRINUSE") {
    return `port ${settings.port} is in use already; try --port ${freePort(settings.port + 1, settings.hosts)}`;
  }
  if (code === "EACCES") {
    return `port ${settings.port} may not be opened by this user; try --port ${freePort(8080, settings.hosts)}`;
  }
  if (code === "EADDRNOTAVAIL") {
    return `--host ${hosts} is not an address of this machine; leave it out to listen on loopback alone`;
  }
  if (code === undefined) return undefined;
  return `cannot listen on ${hosts} port ${settings.port}: ${error instanceof Error ? error.message : code}`;
}

/** A port that can be listened on right now: the first free one from `start` on, else any. */
export function freePort(start: number, hosts: readonly string[]): number {
  const last = Math.min(start + PORTS_TRIED, HIGHEST_PORT);
  for (let port = start; port <= last; port++) {
    if (hosts.every((host) => isFree(port, host))) return port;
  }
  const listener = Bun.listen({ hostname: hosts[0] ?? "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

function isFree(port: number, hostname: string): boolean {
  try {
    Bun.listen({ hostname, port, socket: { data: () => undefined } }).stop(true);
    return true;
  } catch (error) {
    // A machine without IPv6 has no ::1 to be in use.
    return textAt(error, "code") === "EADDRNOTAVAIL";
  }
}
