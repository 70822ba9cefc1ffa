// The first: a library below needs what it adds.
import "reflect-metadata";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { Instant } from "../http/date.ts";
import type { Certificate } from "./certificate.ts";

/** From when until when a certificate counts. */
export type Period = { readonly from: Instant; readonly until: Instant };

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Makes an authority that vouches for servers directly, and for no other authorities. */
export async function newAuthority(name: string, period: Period): Promise<Certificate> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name: [{ CN: [name] }], keys, signingAlgorithm: P256, ...dates(period) },
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pemOf(certificate), key: await keyPem(keys.privateKey) };
}

/**
 * Has an authority vouch for a server, or for a client.
 * @param names host names, `*.localhost` too, and IP addresses without brackets; at least one
 * @returns with the authority's certificate behind the server's
 */
export async function issue(
  authority: Certificate,
  names: readonly string[],
  period: Period,
  purpose: "serverAuth" | "clientAuth" = "serverAuth",
): Promise<Certificate> {
  const root = new X509Certificate(authority.cert);
  const secret = PemConverter.decodeFirst(authority.key);
  const signingKey = await crypto.subtle.importKey("pkcs8", secret, P256, false, ["sign"]);
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    ...{ subject: [{ CN: [names[0] ?? ""] }], issuer: root.subject, signingKey, publicKey: keys.publicKey },
    ...{ signingAlgorithm: P256, ...dates(period) },
    extensions: [
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }))),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage[purpose]]),
      new BasicConstraintsExtension(false, undefined, true),
      await AuthorityKeyIdentifierExtension.create(root),
    ],
  });
  return { cert: pemOf(certificate) + authority.cert, key: await keyPem(keys.privateKey) };
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(P256, true, ["sign", "verify"]);
}

function dates({ from, until }: Period) {
  return { notBefore: new Date(from), notAfter: new Date(until) };
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString("pem").trim()}\n`;
}

async function keyPem(key: CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY").trim()}\n`;
}
