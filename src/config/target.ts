import { parseOwnPath, parseToken } from "./admin-access.ts";
import { type Given, read, readRequired } from "./given.ts";
import { bracketed, isWildcard, parseHosts, parsePort, shownUrl, socketAt } from "./listen.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";
import { readPinned } from "./tls.ts";

/** A proxy that runs, as `clear` and `stats` find it. */
export type Target = {
  readonly host: string;
  readonly port: number;
  readonly adminPrefix: string;
  readonly adminToken: string | undefined;
  /** The file with the certificate it has to show; undefined where it is asked without TLS. */
  readonly pinned: string | undefined;
};

/** Finds the running proxy from the flags and variables it was started with, or says what is wrong with them. */
export function resolveTarget(given: Given): Parsed<Target> {
  const port = readRequired(given, "port", parsePort);
  if (!port.ok) return port;
  const hosts = readRequired(given, "host", parseHosts);
  if (!hosts.ok) return hosts;
  if (port.value === 0 && socketAt(hosts.value[0] ?? "") === undefined)
    return refuse("--port 0 is no running proxy: pass the port it printed when it started");
  const prefix = readRequired(given, "admin-prefix", parseOwnPath);
  if (!prefix.ok) return prefix;
  const token = read(given, "admin-token", parseToken, "hide");
  if (!token.ok) return token;
  const pinned = readPinned(given);
  if (!pinned.ok) return pinned;
  return accept({
    host: reachable(hosts.value[0] ?? "127.0.0.1"),
    port: port.value,
    adminPrefix: prefix.value,
    adminToken: token.value,
    pinned: pinned.value,
  });
}

/** Where it listens, e.g. `http://127.0.0.1:3000`. */
export function baseOf({ host, port, pinned }: Target): string {
  if (socketAt(host) !== undefined) return "http://localhost";
  return `${pinned === undefined ? "http" : "https"}://${bracketed(host)}:${port}`;
}

/** What a person opens. */
export function shownTarget({ host, port, pinned }: Target): URL {
  if (socketAt(host) !== undefined) return new URL("http://localhost");
  return shownUrl(pinned === undefined ? "http" : "https", [host], port);
}

/** A proxy that listens on every address is reached by loopback. */
export function reachable(host: string): string {
  if (!isWildcard(host)) return host;
  return host.includes(":") ? "::1" : "127.0.0.1";
}
