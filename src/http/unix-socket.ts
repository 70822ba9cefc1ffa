/**
 * An origin behind a unix socket has a URL like any other, by which keys, stores and rules tell it from others: the socket's path stands in
 * its host, in hexadecimal, below a name that nobody has (RFC 6761 §6.4).
 */
const SUFFIX = ".unix.invalid";

/**
 * @param path of the socket, absolute
 * @param base of the URLs there, beginning with a slash
 */
export function socketUrl(path: string, base: string): URL {
  return new URL(`http://${Buffer.from(path).toString("hex")}${SUFFIX}${base}`);
}

/** The path of the socket that a URL leads to; undefined where it leads to a host. */
export function socketOf({ hostname }: URL): string | undefined {
  if (!hostname.endsWith(SUFFIX)) return undefined;
  return Buffer.from(hostname.slice(0, -SUFFIX.length), "hex").toString();
}

/** The URL as a person writes it, e.g. `unix:/run/app.sock:/base`. */
export function shownOrigin(url: URL): string {
  const path = socketOf(url);
  if (path === undefined) return url.href.replace(/\/$/, "");
  return url.pathname === "/" ? `unix:${path}` : `unix:${path}:${url.pathname}`;
}
