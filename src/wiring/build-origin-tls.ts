import type { Settings } from "../config/settings.ts";
import type { OriginTls, TlsOf } from "../wire/reach.ts";

/**
 * How TLS is done to origins: who we are and whom else to trust is for --origin alone, at all its addresses, since a rule may lead to anybody.
 * @throws CertificateUnusable
 */
export async function buildOriginTls({ origin, insecure, originTls, originHttp2, origins }: Settings): Promise<TlsOf> {
  const lax: OriginTls | undefined = insecure ? { rejectUnauthorized: false } : undefined;
  if (originTls === undefined && !originHttp2) return () => lax;
  // node:crypto and node:tls, which read certificates, take a tenth of a start.
  const files = originTls === undefined ? {} : (await import("../tls/origin-files.ts")).readOriginFiles(originTls);
  const own: OriginTls = { ...files, ...lax, ...(originHttp2 && { http2: true }) };
  const { failover = [] } = origins.find((each) => each.origin.href === origin.href) ?? {};
  const places = new Set([origin, ...failover].map((each) => each.origin));
  return (url) => (places.has(url.origin) ? own : lax);
}
