import { clearFlags, type Flags } from "./flags.ts";
import { requestFlags } from "./request-flags.ts";

/** Every flag of `rules`. */
export const rulesFlags = {
  ...clearFlags,
  config: { ...clearFlags.config, group: "Selection", description: "The config file" },
  running: {
    type: "boolean",
    group: "Running proxy",
    action: true,
    description: "Show the rules of the running proxy, and how often each was about a request",
  },
  ...requestFlags,
  scenario: {
    type: "string",
    group: "Request",
    valueHint: "NAME",
    action: true,
    description: "The scenario that is switched on",
  },
  json: { type: "boolean", group: "Output", action: true, description: "Print JSON" },
} as const satisfies Flags;
