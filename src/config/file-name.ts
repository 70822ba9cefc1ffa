import { existsSync } from "node:fs";
import { extname, join } from "node:path";

const STEM = "caching-proxy.config";

/** In the order in which they are looked for. */
export const KINDS = [".ts", ".js", ".mjs", ".json", ".jsonc", ".yaml", ".yml", ".toml"] as const;

/** How a file is read, by how its name ends. */
export type Kind = (typeof KINDS)[number];

/** The config file of a folder, by its whole path; undefined where there is none. */
export function configFileOf(folder: string): string | undefined {
  return KINDS.map((kind) => join(folder, STEM + kind)).find((path) => existsSync(path));
}

/** How a file is read; undefined where its name does not say. */
export function kindOf(path: string): Kind | undefined {
  const end = extname(path).toLowerCase();
  return KINDS.find((kind) => kind === end);
}
