import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };

export const root = join(import.meta.dir, "../..");

/** Packs the package into a folder and gives the path of the archive. */
export async function packed(folder: string): Promise<string> {
  await runIn(root, [process.execPath, "pm", "pack", "--quiet", "--ignore-scripts", "--destination", folder]);
  return join(folder, `${packageJson.name}-${packageJson.version}.tgz`);
}

/**
 * A project that has installed the packed package, without a registry.
 * @param further names of packages that it has besides those that ours depends on
 */
export async function project(stack: AsyncDisposableStack, further: readonly string[] = []): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "project-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const archive = await packed(folder);
  const modules = join(folder, "node_modules");
  const unpacked = join(modules, packageJson.name);
  await mkdir(unpacked, { recursive: true });
  await runIn(folder, ["tar", "-xzf", archive, "-C", unpacked, "--strip-components=1"]);
  for (const name of [...Object.keys(packageJson.dependencies), ...further]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(modules, name));
  }
  await mkdir(join(modules, ".bin"));
  for (const [name, script] of Object.entries(packageJson.bin)) {
    await runIn(unpacked, ["chmod", "+x", script]);
    await symlink(join(unpacked, script), join(modules, ".bin", name));
  }
  return folder;
}

/**
 * Runs a command to its end and gives what it wrote to standard output.
 * @throws with all that it wrote where it fails
 */
export async function runIn(cwd: string, command: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const child = Bun.spawn([...command], { cwd, env, stdout: "pipe", stderr: "pipe" });
  const [out, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${out}${errors}`);
  return out;
}
