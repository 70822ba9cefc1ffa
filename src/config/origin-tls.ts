import { type Given, named, readSwitch } from "./given.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/** The files by which the origin is to know us, and those by which we know it. */
export type OriginTlsSetting = {
  readonly client: { readonly cert: string; readonly key: string } | undefined;
  readonly ca: string | undefined;
};

/** Reads what TLS to the origin needs besides the usual, undefined where that is nothing, and whether HTTP/2 is spoken over it. */
export function resolveOriginTls(
  given: Given,
  origin: URL,
): Parsed<{ readonly originTls: OriginTlsSetting | undefined; readonly originHttp2: boolean }> {
  const originHttp2 = resolveHttp2(given, origin);
  if (!originHttp2.ok) return originHttp2;
  const originTls = resolveFiles(given, origin);
  return originTls.ok ? accept({ originTls: originTls.value, originHttp2: originHttp2.value }) : originTls;
}

function resolveHttp2(given: Given, origin: URL): Parsed<boolean> {
  const wanted = readSwitch(given, "origin-http2");
  if (!wanted.ok || !wanted.value || origin.protocol === "https:") return wanted;
  return refuse(`--origin-http2 is for an origin with https, which ${origin.origin} is not`);
}

function resolveFiles(given: Given, origin: URL): Parsed<OriginTlsSetting | undefined> {
  const [cert, key, ca] = [given.get("origin-cert"), given.get("origin-key"), given.get("origin-ca")];
  const first = cert ?? key ?? ca;
  if (first === undefined) return accept(undefined);
  if (origin.protocol !== "https:")
    return refuse(`${named(first)} is for an origin with https, which ${origin.origin} is not`);
  if (cert !== undefined && key === undefined) return refuse(`${named(cert)} needs its key: pass --origin-key FILE`);
  if (cert === undefined && key !== undefined) {
    return refuse(`${named(key)} needs its certificate: pass --origin-cert FILE`);
  }
  const client = cert && key && { cert: cert.text, key: key.text };
  return accept({ client, ca: ca?.text });
}
