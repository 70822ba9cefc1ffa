import { socketOf } from "../http/unix-socket.ts";

/** How TLS to an origin is done. */
export type OriginTls = {
  /** It is asked by HTTP/2, and by nothing else. */
  readonly http2?: true;
  readonly rejectUnauthorized?: false;
  /** PEM. */
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: readonly string[];
};

/** How TLS is done to each origin; undefined is as usual. */
export type TlsOf = (url: URL) => OriginTls | undefined;

/** What `fetch` is told of where a URL leads. */
export function reached(url: URL, tlsOf: TlsOf) {
  const unix = socketOf(url);
  // Who listens there knows neither our name for it nor that of another host.
  if (unix !== undefined) return { url: new URL(`http://localhost${url.pathname}${url.search}`), init: { unix } };
  const tls = tlsOf(url);
  if (tls === undefined) return { url, init: undefined };
  return { url, init: { tls: asGiven(tls), ...(asksByHttp2(url, tls) && { protocol: "http2" as const }) } };
}

/** Whether a body's end is known by the stream that ends, whatever its fields say (RFC 9113 §8.1). */
export function asksByHttp2({ protocol }: URL, tls: OriginTls | undefined): boolean {
  return tls?.http2 === true && protocol === "https:";
}

/** What `WebSocket` is told of where a URL leads. */
export function reachedBySocket(url: URL, tlsOf: TlsOf) {
  const unix = socketOf(url);
  if (unix !== undefined) {
    return { url: `ws+unix://${unix}:${url.pathname}${url.search}`, headers: { host: "localhost" }, init: {} };
  }
  const tls = tlsOf(url);
  const target = new URL(url);
  target.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return { url: target.href, headers: {}, init: tls === undefined ? {} : { tls: asGiven(tls) } };
}

/** Bun wants a list that it might change. WebSockets are asked for by HTTP/1.1. */
function asGiven({ ca, http2: _, ...others }: OriginTls) {
  return { ...others, ...(ca && { ca: [...ca] }) };
}
