import { type Flags, serveFlags } from "./flags.ts";

/** Every flag of `init`. */
export const initFlags = {
  origin: { ...serveFlags.origin, description: "The server to cache, written into the file" },
  help: serveFlags.help,
  version: serveFlags.version,
} as const satisfies Flags;
