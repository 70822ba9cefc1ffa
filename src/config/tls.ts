import { type Given, named, read, readSwitch } from "./given.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/** With what a proxy listens with TLS. */
export type TlsSetting = {
  /** The file with the certificate and its chain. */
  readonly cert: string;
  readonly key: string;
  /** Which versions of HTTP a client may choose from by ALPN. */
  readonly versions: "http1" | "http1-and-http2";
};

/** Reads how a proxy listens; undefined is without TLS. */
export function resolveTls(given: Given): Parsed<TlsSetting | undefined> {
  const http2 = readSwitch(given, "http2");
  if (!http2.ok) return http2;
  const [cert, key] = [given.get("tls-cert"), given.get("tls-key")];
  if (cert === undefined && key === undefined) return accept(undefined);
  if (cert === undefined)
    return refuse(`${key ? named(key) : "--tls-key"} needs its certificate: pass --tls-cert FILE`);
  if (key === undefined) return refuse(`${named(cert)} needs its key: pass --tls-key FILE`);
  return accept({ cert: cert.text, key: key.text, versions: http2.value ? "http1-and-http2" : "http1" });
}

/** Reads which certificate a running proxy has to show; undefined where it is asked without TLS. */
export function readPinned(given: Given): Parsed<string | undefined> {
  return read(given, "tls-cert", accept);
}
