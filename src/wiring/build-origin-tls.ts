import type { Settings } from "../config/settings.ts";
import { readOriginFiles } from "../tls/origin-files.ts";
import type { OriginTls, TlsOf } from "../wire/reach.ts";

/**
 * How TLS is done to origins: who we are and whom else to trust is for --origin alone, since a rule may lead to anybody.
 * @throws CertificateUnusable
 */
export function buildOriginTls({ origin, insecure, originTls }: Settings): TlsOf {
  const lax: OriginTls | undefined = insecure ? { rejectUnauthorized: false } : undefined;
  if (originTls === undefined) return () => lax;
  const own: OriginTls = { ...readOriginFiles(originTls), ...lax };
  return (url) => (url.host === origin.host && url.protocol === origin.protocol ? own : lax);
}
