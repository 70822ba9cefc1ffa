import type { Settings } from "../config/settings.ts";
import { readOriginFiles } from "../tls/origin-files.ts";
import type { OriginTls, TlsOf } from "../wire/reach.ts";

/**
 * How TLS is done to origins: who we are and whom else to trust is for --origin alone, since a rule may lead to anybody.
 * @throws CertificateUnusable
 */
export function buildOriginTls({ origin, insecure, originTls, originHttp2 }: Settings): TlsOf {
  const lax: OriginTls | undefined = insecure ? { rejectUnauthorized: false } : undefined;
  if (originTls === undefined && !originHttp2) return () => lax;
  const files = originTls === undefined ? {} : readOriginFiles(originTls);
  const own: OriginTls = { ...files, ...lax, ...(originHttp2 && { http2: true }) };
  return (url) => (url.host === origin.host && url.protocol === origin.protocol ? own : lax);
}
