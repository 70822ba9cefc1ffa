import type { Config } from "./written.ts";

/** Gives a config file's content back as it is; an editor knows by it what a config may hold. */
export function defineConfig(config: Config): Config {
  return config;
}
