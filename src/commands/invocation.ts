/** How a person runs this program once more: by its name where it is an executable, by its script in a clone. */
export const invocation = Bun.isStandaloneExecutable ? "caching-proxy" : "bun start";
