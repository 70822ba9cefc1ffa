import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { formatHttpDate, type Instant } from "../http/date.ts";
import { CertificateUnusable } from "./certificate-unusable.ts";

/** The files of a certificate. */
export type CertificateFiles = { readonly cert: string; readonly key: string };

/** What a server shows, and proves to be its own. */
export type Certificate = {
  /** PEM: the server's own certificate, and those that vouch for it. */
  readonly cert: string;
  readonly key: string;
};

/**
 * Reads a certificate and its key.
 * @throws CertificateUnusable
 */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const [cert, key] = [await readText("--tls-cert", files.cert), await readText("--tls-key", files.key)];
  const chain = certificatesIn(cert).map((pem) => parsed(pem, files.cert));
  const secret = keyIn(key, files.key);
  const place = chain.findIndex((one) => one.checkPrivateKey(secret));
  if (chain.length === 0) {
    throw new CertificateUnusable(`--tls-cert ${files.cert} holds no certificate: PEM has a line ${BEGIN}`);
  }
  if (place < 0) {
    throw new CertificateUnusable(`--tls-key ${files.key} is not the key of the certificate in ${files.cert}`);
  }
  if (place > 0) {
    throw new CertificateUnusable(
      `--tls-key ${files.key} is the key of certificate ${place + 1} in ${files.cert}: write that one first, and behind it those that vouch for it`,
    );
  }
  return {
    cert: certificatesIn(cert)
      .map((pem) => `${pem}\n`)
      .join(""),
    key: String(secret.export(PKCS8)),
  };
}

const PKCS8 = { type: "pkcs8", format: "pem" } as const;

/**
 * The server's own certificate, the first of a file.
 * @throws CertificateUnusable
 */
export async function readLeaf(path: string): Promise<string> {
  const [leaf] = certificatesIn(await readText("--tls-cert", path));
  if (leaf === undefined) throw new CertificateUnusable(`--tls-cert ${path} holds no certificate`);
  return leaf;
}

/** What clients will not like about a certificate's time, as a sentence. */
export function complaintOf({ cert }: Certificate, now: Instant): string | undefined {
  const [leaf] = certificatesIn(cert);
  if (leaf === undefined) return undefined;
  const { validFrom, validTo } = new X509Certificate(leaf);
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  if (now > to) return `the certificate has expired (${formatHttpDate(to)}): clients will refuse it`;
  return now < from ? `the certificate counts from ${formatHttpDate(from)} on: clients will refuse it` : undefined;
}

const BEGIN = "-----BEGIN CERTIFICATE-----";

function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function parsed(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new CertificateUnusable(`--tls-cert ${path} holds a certificate that cannot be read (${saying(error)})`);
  }
}

function keyIn(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    if (/ENCRYPTED/.test(pem)) {
      throw new CertificateUnusable(
        `--tls-key ${path} is under a password: write it without one, as openssl pkey -in ${path} -out plain.key does, for your eyes alone (chmod 600)`,
      );
    }
    throw new CertificateUnusable(`--tls-key ${path} holds no key as PEM that can be read (${saying(error)})`);
  }
}

async function readText(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new CertificateUnusable(`${flag} ${path} cannot be read (${saying(error)})`);
  }
}

function saying(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
