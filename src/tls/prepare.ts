import type { Instant } from "../http/date.ts";
import type { CertificateFiles } from "./certificate.ts";

/** The files of a certificate, and for which names we make it ourselves, where we do. */
export type PreparedFiles = CertificateFiles & {
  readonly local: { readonly authority: string; readonly names: readonly string[] } | undefined;
};

/**
 * Sees to it that the files are there which we make ourselves, and count for a while.
 * @throws CertificateUnusable
 */
export async function prepareCertificate({ cert, local }: PreparedFiles, now: Instant): Promise<void> {
  if (local === undefined) return;
  const { makeLocal } = await import("./local.ts");
  await makeLocal({ server: cert, authority: local.authority }, local.names, now);
}
