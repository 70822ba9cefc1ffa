import type { Config } from "./written.ts";

/** A config that names its origin and speaks of one process, which `createProxy` takes as well. */
export type OriginConfig = Omit<Config, "origin" | "workers" | "config"> & { readonly origin: string };

/**
 * Gives a config file's content back as it is; an editor knows by it what a config may hold. One that names its `origin` and no `workers`
 * may be options of `createProxy` too: `createProxy({ ...config, port: 0 })`. Throws nothing: what it holds is checked by who reads it.
 */
export function defineConfig(config: OriginConfig): OriginConfig;
export function defineConfig(config: Config): Config;
export function defineConfig(config: Config): Config {
  return config;
}
