import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Settings } from "../config/settings.ts";
import { formatHttpDate, type Instant, type Milliseconds } from "../http/date.ts";
import { type Certificate, complaintOf, endOf, fitting, readCertificate } from "../tls/certificate.ts";
import { CertificateUnusable } from "../tls/certificate-unusable.ts";
import { readOriginFiles } from "../tls/origin-files.ts";
import type { Finding } from "./finding.ts";

const DAY: Milliseconds = 86_400_000;
/** Whoever is told so much before has time to get another one. */
const SOON = 14 * DAY;

/** Reads the certificates that a start would need, ours and the one for the origin. Nothing is made. */
export async function examineTls({ tls, originTls }: Settings, now: Instant): Promise<readonly Finding[]> {
  const own = tls === undefined ? [] : [await said(async () => ours(tls, now))];
  const client = originTls === undefined ? [] : [await said(async () => ofClient(readOriginFiles(originTls), now))];
  return [...own, ...client.flatMap((finding) => finding ?? [])].flatMap((finding) => finding ?? []);
}

async function ours(tls: NonNullable<Settings["tls"]>, now: Instant): Promise<Finding> {
  if (tls.local !== undefined && !existsSync(tls.cert)) {
    const what = `--tls auto makes one as the proxy starts, in ${dirname(tls.cert)}`;
    return { about: "certificate", verdict: "fine", what };
  }
  return judged("--tls-cert", tls.cert, await readCertificate(tls), tls.local === undefined ? "given" : "ours", now);
}

function ofClient({ cert, key }: ReturnType<typeof readOriginFiles>, now: Instant): Finding | undefined {
  if (cert === undefined || key === undefined) return undefined;
  return judged(
    "--origin-cert",
    "",
    fitting({ cert, key }, { cert: "--origin-cert", key: "--origin-key" }),
    "given",
    now,
  );
}

function judged(flag: string, path: string, certificate: Certificate, whose: "given" | "ours", now: Instant): Finding {
  const about = "certificate";
  const label = `${flag} ${path}`.trim();
  const complaint = complaintOf(certificate, now);
  const end = endOf(certificate);
  if (complaint !== undefined && whose === "given") {
    return { about, verdict: "warning", what: `${label}: ${complaint}`, todo: `put another one in its place` };
  }
  const what = `${whose === "ours" ? `${path}, of our making,` : label} counts until ${formatHttpDate(end)}`;
  if (whose === "given" && end - now < SOON) {
    return { about, verdict: "warning", what, todo: "renew it; a changed file counts at once" };
  }
  return { about, verdict: "fine", what };
}

async function said(examine: () => Promise<Finding | undefined>): Promise<Finding | undefined> {
  try {
    return await examine();
  } catch (error) {
    if (!(error instanceof CertificateUnusable)) throw error;
    return { about: "certificate", verdict: "problem", what: error.message };
  }
}
