import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { certificatesIn, fitting } from "./certificate.ts";
import { CertificateUnusable } from "./certificate-unusable.ts";

/** The files by which an origin is to know us, and those by which we know it. */
export type OriginFiles = {
  readonly client: { readonly cert: string; readonly key: string } | undefined;
  readonly ca: string | undefined;
};

/** What they hold, as PEM: authorities besides the usual ones. */
export type OriginPem = { readonly cert?: string; readonly key?: string; readonly ca?: readonly string[] };

/**
 * Reads them.
 * @throws CertificateUnusable
 */
export function readOriginFiles({ client, ca }: OriginFiles): OriginPem {
  return {
    ...(client && clientIn(client)),
    ...(ca !== undefined && { ca: [...rootCertificates, ...authoritiesIn(ca)] }),
  };
}

function clientIn({ cert, key }: { readonly cert: string; readonly key: string }): OriginPem {
  const texts = { cert: textOf("--origin-cert", cert), key: textOf("--origin-key", key) };
  return fitting(texts, { cert: `--origin-cert ${cert}`, key: `--origin-key ${key}` });
}

function authoritiesIn(path: string): readonly string[] {
  const authorities = certificatesIn(textOf("--origin-ca", path));
  if (authorities.length > 0) return authorities;
  throw new CertificateUnusable(`--origin-ca ${path} holds no certificate as PEM`);
}

function textOf(flag: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CertificateUnusable(`${flag} ${path} cannot be read (${why})`);
  }
}
