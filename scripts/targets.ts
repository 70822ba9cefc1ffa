/** The systems that Bun compiles for, as it names them; its runtime for each comes from the npm registry, once. */
export const TARGETS = [
  "linux-x64",
  "linux-x64-baseline",
  "linux-x64-musl",
  "linux-arm64",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "windows-x64",
] as const;

/** The file for a target. */
export function binaryName(target: (typeof TARGETS)[number]): string {
  return `caching-proxy-${target}${target.startsWith("windows") ? ".exe" : ""}`;
}
