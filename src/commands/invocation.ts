/**
 * How a person runs this program once more: by its name where it is an executable, by its script in a clone, and where it is installed by
 * its name in that project, which asks no registry, as `bunx` would.
 */
export const invocation = invocationOf(import.meta.path, Bun.isStandaloneExecutable ? "executable" : "sources");

/**
 * How a person runs a program.
 * @param path where its sources lie
 */
function invocationOf(path: string, form: "executable" | "sources"): string {
  if (form === "executable") return "caching-proxy";
  return /[/\\]node_modules[/\\]/.test(path) ? "bun run caching-proxy" : "bun start";
}
