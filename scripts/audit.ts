/**
 * Asks the registry's advisory service about the packages in the lock file (`bun audit`): fails where one that is shipped has a known
 * vulnerability of severity high or critical, names those of packages for development, and says so where nobody could be asked.
 */
import { type Audit, summed } from "./audit-verdict.ts";

/** @param only which of the packages */
async function audited(...only: readonly string[]): Promise<Audit> {
  const child = Bun.spawn([process.execPath, "audit", "--json", "--audit-level=high", ...only], {
    cwd: new URL("..", import.meta.url).pathname,
    stdout: "pipe",
    stderr: "pipe",
    timeout: 60_000,
  });
  const [text, complaint] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  return { text, complaint };
}

const { lines, exitCode } = summed(await audited("--prod"), await audited());
for (const line of lines) console.log(line);
process.exit(exitCode);
