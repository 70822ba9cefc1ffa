import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config, WrittenRule } from "../../src/config/written.ts";
import { type CommandOptions, type RunningProxy, startProxy } from "./proxy.ts";

/** A folder with these files, gone when the stack is disposed of. */
export async function folderWith(
  stack: AsyncDisposableStack,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "config-"));
  stack.defer(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await Bun.write(join(folder, name), text);
  return folder;
}

/** A proxy with a config file, and a way to write that anew. */
export async function startRuled(
  stack: AsyncDisposableStack,
  origin: string,
  rules: readonly WrittenRule[],
  flags = "",
  config: Omit<Config, "rules"> = {},
  options: CommandOptions = {},
): Promise<RunningProxy & { readonly rewrite: (text: string) => Promise<unknown> }> {
  const name = "caching-proxy.config.json";
  const cwd = await folderWith(stack, { [name]: JSON.stringify({ ...config, rules }) });
  const proxy = await startProxy(stack, origin, flags, { ...options, cwd });
  return { ...proxy, rewrite: (text) => Bun.write(join(cwd, name), text) };
}
