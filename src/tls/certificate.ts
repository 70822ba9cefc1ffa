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
  const texts = { cert: await readText("--tls-cert", files.cert), key: await readText("--tls-key", files.key) };
  return fitting(texts, { cert: `--tls-cert ${files.cert}`, key: `--tls-key ${files.key}` });
}

/**
 * Makes sure that a certificate and a key belong together.
 * @param texts PEM, in which other things may stand, too
 * @param labels what a person calls each
 * @throws CertificateUnusable
 */
export function fitting(texts: Certificate, labels: CertificateFiles): Certificate {
  const pems = certificatesIn(texts.cert);
  if (pems.length === 0) {
    throw new CertificateUnusable(`${labels.cert} holds no certificate: PEM has a line ${BEGIN}`);
  }
  const chain = pems.map((pem) => parsed(pem, labels.cert));
  const secret = keyIn(texts.key, labels.key);
  const place = chain.findIndex((one) => one.checkPrivateKey(secret));
  if (place < 0) throw new CertificateUnusable(`${labels.key} is not the key of the certificate in ${labels.cert}`);
  if (place > 0) {
    throw new CertificateUnusable(
      `${labels.key} is the key of certificate ${place + 1} in ${labels.cert}: write that one first, and behind it those that vouch for it`,
    );
  }
  return { cert: pems.map((pem) => `${pem}\n`).join(""), key: String(secret.export(PKCS8)) };
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

/** Until when a certificate counts. */
export function endOf({ cert }: Certificate): Instant {
  return Date.parse(new X509Certificate(certificatesIn(cert)[0] ?? "").validTo);
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

/** The certificates in a text, as PEM each. */
export function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function parsed(pem: string, label: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new CertificateUnusable(`${label} holds a certificate that cannot be read (${saying(error)})`);
  }
}

function keyIn(pem: string, label: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    if (/ENCRYPTED/.test(pem)) {
      throw new CertificateUnusable(
        `${label} is under a password: write it without one, as openssl pkey -in FILE -out plain.key does, for your eyes alone (chmod 600)`,
      );
    }
    throw new CertificateUnusable(`${label} holds no key as PEM that can be read (${saying(error)})`);
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
