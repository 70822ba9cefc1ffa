import { clearFlags, type Flags } from "./flags.ts";

/** Every flag of `warm`. */
export const warmFlags = {
  ...clearFlags,
  concurrency: {
    type: "string",
    group: "Warming",
    alias: "c",
    valueHint: "N",
    fallback: "8",
    action: true,
    description: "Requests at a time",
  },
  header: {
    type: "string",
    group: "Warming",
    alias: "H",
    valueHint: '"NAME: VALUE"',
    action: true,
    repeatable: true,
    description: "A field to send; of a name that comes several times each value is asked for",
  },
  timeout: {
    type: "string",
    group: "Warming",
    valueHint: "DURATION",
    fallback: "1m",
    action: true,
    description: "How long nothing may come before a request counts as failed",
  },
  "max-wait": {
    type: "string",
    group: "Warming",
    valueHint: "DURATION",
    fallback: "2m",
    action: true,
    description: "The longest pause (Retry-After) to wait for; a longer one ends the warming",
  },
  json: { type: "boolean", group: "Output", action: true, description: "Print the summary as JSON" },
} as const satisfies Flags;
