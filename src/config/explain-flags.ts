import { clearFlags, type Flags } from "./flags.ts";

/** Every flag of `explain`. */
export const explainFlags = {
  ...clearFlags,
  header: {
    type: "string",
    group: "Request",
    alias: "H",
    valueHint: '"NAME: VALUE"',
    action: true,
    repeatable: true,
    description: "A field that the request has",
  },
  request: {
    type: "string",
    group: "Request",
    alias: "X",
    valueHint: "METHOD",
    fallback: "GET",
    action: true,
    description: "The method by which it asks",
  },
  json: { type: "boolean", group: "Output", action: true, description: "Print the JSON as the proxy sent it" },
} as const satisfies Flags;
