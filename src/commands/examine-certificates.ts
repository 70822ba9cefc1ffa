import type { Settings } from "../config/settings.ts";
import { complaintOf, readCertificate } from "../tls/certificate.ts";
import { CertificateUnusable } from "../tls/certificate-unusable.ts";
import { prepareCertificate } from "../tls/prepare.ts";
import { Failure } from "./failure.ts";
import { stderr } from "./terminal.ts";

/**
 * Says before anything is started what is wrong with certificates.
 * @throws Failure where nothing can be made of one
 */
export async function examineCertificates({ tls, originTls }: Settings): Promise<void> {
  try {
    if (originTls !== undefined) (await import("../tls/origin-files.ts")).readOriginFiles(originTls);
    if (tls === undefined) return;
    await prepareCertificate(tls, Date.now());
    const complaint = complaintOf(await readCertificate(tls), Date.now());
    if (complaint !== undefined) stderr.warn(`--tls-cert ${tls.cert}: ${complaint}`);
  } catch (error) {
    if (error instanceof CertificateUnusable) throw new Failure(1, error.message);
    throw error;
  }
}
