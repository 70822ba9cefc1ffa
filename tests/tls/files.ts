import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Certificate } from "../../src/tls/certificate.ts";
import { issue, newAuthority, type Period } from "../../src/tls/issue.ts";

const HOUR = 3_600_000;

/** A period about now. */
export const aroundNow: Period = { from: Date.now() - HOUR, until: Date.now() + 24 * HOUR };

/** An authority and what it vouches for, for tests that do not care which. */
export const authority = await newAuthority("an authority of the tests", aroundNow);

/** A certificate for these names. */
export const certificateFor = (...names: string[]): Promise<Certificate> => issue(authority, names, aroundNow);

/** A folder with files of these contents that is gone with the stack. */
export function folderWith(stack: AsyncDisposableStack, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "caching-proxy-tls-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** The flags for a certificate in a new folder. */
export function tlsFlags(stack: AsyncDisposableStack, { cert, key }: Certificate): { folder: string; flags: string } {
  const folder = folderWith(stack, { "cert.pem": cert, "key.pem": key });
  return { folder, flags: `--tls-cert ${join(folder, "cert.pem")} --tls-key ${join(folder, "key.pem")}` };
}
