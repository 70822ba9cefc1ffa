import { type Flags, statsFlags } from "./flags.ts";
import { secret } from "./recording-flags.ts";

/** Every flag of `doctor`. */
export const doctorFlags = {
  secret,
  json: { ...statsFlags.json, description: "Print what was found as JSON" },
  help: statsFlags.help,
  version: statsFlags.version,
} as const satisfies Flags;
