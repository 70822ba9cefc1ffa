import { clearFlags, type Flags } from "./flags.ts";
import { requestFlags } from "./request-flags.ts";

/** Every flag of `explain`. */
export const explainFlags = {
  ...clearFlags,
  ...requestFlags,
  json: { type: "boolean", group: "Output", action: true, description: "Print the JSON as the proxy sent it" },
} as const satisfies Flags;
