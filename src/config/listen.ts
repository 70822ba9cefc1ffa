import { accept, type Parsed, refuse } from "./parsed.ts";

/** Where we listen unless told otherwise. */
const LOOPBACK: readonly string[] = ["127.0.0.1", "::1"];

/** Reads a port number, 0 to 65535. */
export function parsePort(text: string): Parsed<number> {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? accept(port) : refuse("is not a port: write a whole number from 0 to 65535");
}

/** Reads the addresses a host name, `unix:` and a path or IP address (in brackets or not) stands for; `localhost` is both loopback ones. */
export function parseHosts(text: string): Parsed<readonly string[]> {
  if (/^unix:/i.test(text)) {
    const path = text.slice("unix:".length);
    return path.startsWith("/") ? accept([`unix:${path}`]) : refuse("is no socket: write unix:/run/proxy.sock");
  }
  const host = text.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (host === "localhost") return accept(LOOPBACK);
  // Digits and dots alone are a mistyped address and not a name.
  const isName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host) && !/^[\d.]+$/.test(host);
  if (isIPv4(host) || isIPv6(host) || isName) return accept([host]);
  return refuse(
    "is not an address to listen on: write an IP address such as 127.0.0.1, ::1 or 0.0.0.0, or a host name",
  );
}

/** The path of the unix socket that an address stands for; undefined where it is an address of a network. */
export function socketAt(host: string): string | undefined {
  return host.startsWith("unix:") ? host.slice("unix:".length) : undefined;
}

/** Whether only this machine can connect to the address. */
export function isLoopback(host: string): boolean {
  if (LOOPBACK.includes(host) || socketAt(host) !== undefined) return true;
  if (isIPv4(host)) return host.startsWith("127.");
  if (!isIPv6(host)) return host === "localhost";
  const written = `http://${bracketed(host)}`;
  // URL writes an IPv6 address in its one short form. An address with a zone is no URL, and no loopback.
  if (!URL.canParse(written)) return false;
  const { hostname } = new URL(written);
  return hostname === "[::1]" || hostname.startsWith("[::ffff:7f");
}

/** Whether the address stands for every address of the machine. */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || (isIPv6(host) && /^[0:]+$/.test(host));
}

/** The host as a URL holds it. */
export function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** What a person on this machine opens: the port at the first of the addresses, by its name. */
export function shownUrl(scheme: "http" | "https", hosts: readonly string[], port: number): URL {
  const first = hosts[0] ?? "localhost";
  if (socketAt(first) !== undefined) return new URL(first);
  const isLocal = ["127.0.0.1", "::1", "0.0.0.0", "::"].includes(first);
  return new URL(`${scheme}://${isLocal ? "localhost" : bracketed(first)}:${port}`);
}

/** Whether listening failed because this machine lacks the address, as where IPv6 is switched off. */
export function isAbsentAddress(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT";
}

/** Tells an IPv4 address. */
export function isIPv4(text: string): boolean {
  return IPV4.test(text);
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Tells an IPv6 address; node:net takes longer to load than all that start-up does otherwise with the settings. */
function isIPv6(text: string): boolean {
  return text.includes(":") && process.getBuiltinModule("node:net").isIPv6(text);
}
