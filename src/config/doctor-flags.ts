import { type Flags, serveFlags, statsFlags } from "./flags.ts";

const { "clear-cache": _action, ...settings } = serveFlags;

/** Every flag of `doctor`: what a proxy is started with, since that is what it looks at. */
export const doctorFlags = {
  ...settings,
  json: { ...statsFlags.json, description: "Print what was found as JSON" },
} as const satisfies Flags;
