import { clearFlags, type Flags } from "./flags.ts";

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
  request: {
    type: "string",
    group: "Request",
    alias: "X",
    valueHint: "METHOD",
    fallback: "GET",
    action: true,
    description: "The method by which it asks",
  },
  header: {
    type: "string",
    group: "Request",
    alias: "H",
    valueHint: '"NAME: VALUE"',
    action: true,
    repeatable: true,
    description: "A field that the request has",
  },
  scenario: {
    type: "string",
    group: "Request",
    valueHint: "NAME",
    action: true,
    description: "The scenario that is switched on",
  },
  json: { type: "boolean", group: "Output", action: true, description: "Print JSON" },
} as const satisfies Flags;
