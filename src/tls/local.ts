import { X509Certificate } from "node:crypto";
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Certificate } from "./certificate.ts";
import { CertificateUnusable } from "./certificate-unusable.ts";

/** The files of a certificate for development, all in a folder of the user's. */
export type LocalFiles = {
  /** The server's certificate, that of its authority, and its key, in one file, so that what is read fits together. */
  readonly server: string;
  /** The authority's certificate, which people have their programs trust. */
  readonly authority: string;
};

const DAY: Milliseconds = 86_400_000;
/** Programs ask for less than 398 days of servers, and for nothing of an authority that somebody trusts by hand. */
const SERVER_LIFE = 90 * DAY;
const AUTHORITY_LIFE = 3650 * DAY;
const RENEWED_BEFORE = 30 * DAY;
/** Clocks differ. */
const BACKDATED = DAY;

/**
 * Sees to it that there is a certificate for these names that counts for another 30 days, and an authority that vouches for it.
 * @param names host names and IP addresses; those of the certificate that is there are kept
 * @throws CertificateUnusable where the folder cannot be used
 */
export async function makeLocal(files: LocalFiles, names: readonly string[], now: Instant): Promise<void> {
  try {
    await mkdir(dirname(files.server), { recursive: true, mode: 0o700 });
    const authority = await authorityIn(files, now);
    const there = namesOf(await readText(files.server), authority, now);
    if (there !== undefined && names.every((name) => there.includes(name))) return;
    const all = [...new Set([...names, ...(there ?? [])])];
    const { issue } = await import("./issue.ts");
    const { cert, key } = await issue(authority, all, { from: now - BACKDATED, until: now + SERVER_LIFE });
    await replace(files.server, cert + key, 0o600);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CertificateUnusable(`--tls auto keeps its certificate in ${dirname(files.server)}, which fails (${why})`);
  }
}

/** The one that is there, or a new one that everybody has to trust anew. */
async function authorityIn(files: LocalFiles, now: Instant): Promise<Certificate> {
  const secret = join(dirname(files.authority), "authority-key.pem");
  const there = readAuthority(await readText(secret), now);
  if (there === undefined) {
    const { newAuthority } = await import("./issue.ts");
    const period = { from: now - BACKDATED, until: now + AUTHORITY_LIFE };
    const { cert, key } = await newAuthority("caching-proxy on this machine", period);
    // Certificate and key together. Of several proxies that begin at once the first one's counts for all.
    const isNone = (await readText(secret)) === undefined;
    await (isNone ? create(secret, cert + key) : replace(secret, cert + key, 0o600));
  }
  const authority = there ?? readAuthority(await readText(secret), now);
  if (authority === undefined) throw new Error(`${secret} holds no authority that counts`);
  if ((await readText(files.authority)) !== authority.cert) await replace(files.authority, authority.cert, 0o644);
  return authority;
}

function readAuthority(text: string | undefined, now: Instant): Certificate | undefined {
  const [cert] = text?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/) ?? [];
  const [key] = text?.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/) ?? [];
  if (cert === undefined || key === undefined) return undefined;
  const outlives = Date.parse(new X509Certificate(cert).validTo) > now + SERVER_LIFE;
  return outlives ? { cert, key } : undefined;
}

/** The names of a server's certificate, where it still counts for long enough and this authority vouches for it. */
function namesOf(text: string | undefined, authority: Certificate, now: Instant): readonly string[] | undefined {
  const [pem] = text?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/) ?? [];
  if (pem === undefined) return undefined;
  const certificate = new X509Certificate(pem);
  if (!certificate.verify(new X509Certificate(authority.cert).publicKey)) return undefined;
  if (Date.parse(certificate.validTo) < now + RENEWED_BEFORE) return undefined;
  const written = certificate.subjectAltName?.split(", ") ?? [];
  return written.map((one) => inShort(one.replace(/^(?:DNS|IP Address):/, "")));
}

/** Certificates print IPv6 addresses in full. */
function inShort(name: string): string {
  return name.includes(":") ? (URL.parse(`http://[${name}]`)?.hostname.slice(1, -1) ?? name) : name;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** In one step, so that whoever reads meanwhile reads a whole. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  await rename(await beside(path, text, mode), path);
}

/** Where there is none yet. */
async function create(path: string, text: string): Promise<void> {
  const made = await beside(path, text, 0o600);
  try {
    await link(made, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(made);
  }
}

async function beside(path: string, text: string, mode: number): Promise<string> {
  const made = `${path}.${crypto.randomUUID()}`;
  await writeFile(made, text, { mode, flag: "wx" });
  // Whatever the umask has taken.
  await chmod(made, mode);
  return made;
}
