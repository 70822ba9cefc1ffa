/** Where Bun puts the files of a compiled executable. */
const COMPILED = "/$bunfs/";

/** How a person runs this program once more: by its name where it is an executable, by its script in a clone. */
export const invocation = Bun.main.startsWith(COMPILED) ? "caching-proxy" : "bun start";
