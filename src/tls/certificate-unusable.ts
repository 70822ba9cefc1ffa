/** A certificate, or its key, of which nothing can be made; the message says which file and what to do. */
export class CertificateUnusable extends Error {
  override readonly name = "CertificateUnusable";
}
