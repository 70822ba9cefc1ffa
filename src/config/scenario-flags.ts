import { clearFlags, type Flags } from "./flags.ts";

/** Every flag of `scenario`. */
export const scenarioFlags = {
  ...clearFlags,
  lane: {
    type: "string",
    group: "Selection",
    valueHint: "NAME",
    fallbackNote: "the default lane",
    action: true,
    description: "The lane whose scenario it is",
  },
  none: { type: "boolean", group: "Selection", action: true, description: "Switch off whichever is on" },
  json: { type: "boolean", group: "Output", action: true, description: "Print the JSON as the proxy sent it" },
} as const satisfies Flags;
