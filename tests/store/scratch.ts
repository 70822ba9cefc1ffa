import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own, gone with the stack. */
export function scratch(stack: AsyncDisposableStack | DisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), "caching-proxy-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
