import { clearFlags, type Flags } from "./flags.ts";

/** Every flag of `complete`. */
export const completeFlags = { help: clearFlags.help, version: clearFlags.version } as const satisfies Flags;
