import { readLeaf } from "./certificate.ts";

/**
 * Has a request of ours be sent only to who shows this very certificate, whatever names it is for: who reads the proxy's own file knows it,
 * and it may be for another name than the address by which the proxy is reached here.
 * @param path of the file that the proxy was told
 * @throws CertificateUnusable
 */
export async function pinnedTo(path: string) {
  // Of a chain the first alone, or all that its authority vouches for would do.
  return { tls: { ca: await readLeaf(path), allowPartialTrustChain: true, checkServerIdentity: () => undefined } };
}
