/** Packs the package and has publint and Are the types wrong? look at what was packed. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const folder = await mkdtemp(join(tmpdir(), "check-package-"));

async function run(...words: string[]): Promise<void> {
  const child = Bun.spawn([process.execPath, ...words], { cwd: root, stdout: "inherit", stderr: "inherit" });
  const code = await child.exited;
  if (code !== 0) throw new Error(`bun ${words.join(" ")} ended with ${code}`);
}

try {
  await run("pm", "pack", "--quiet", "--ignore-scripts", "--destination", folder);
  const [archive = ""] = await readdir(folder);
  await run("x", "--no-install", "publint", "run", join(folder, archive), "--strict");
  // It runs in Bun alone, which imports by `exports` and gives `require` the module: other ways to resolve it are nobody's.
  await run("x", "--no-install", "attw", join(folder, archive), "--profile", "esm-only", "--format", "ascii");
} finally {
  await rm(folder, { recursive: true });
}
