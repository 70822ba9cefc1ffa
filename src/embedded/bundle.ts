import { join } from "node:path";

/**
 * Bundles a file of the page for browsers.
 * @param name of a file of src/page
 * @throws with what the bundler says where it does not build
 */
export async function bundled(name: string): Promise<string> {
  const folder = join(import.meta.dir, "../page");
  const words = ["build", name, "--target=browser", "--format=esm", "--production"];
  // In that folder, so that neither .env nor bunfig.toml of the one where the proxy was started has a say.
  const child = Bun.spawn([process.execPath, "--no-env-file", ...words], {
    cwd: folder,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [text, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`the page ${name} cannot be bundled (${complaint.trim()})`);
  return text;
}
