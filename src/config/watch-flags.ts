import { clearFlags, type Flag, type Flags } from "./flags.ts";

const filter = {
  type: "string",
  group: "Selection",
  valueHint: "FILTER",
  action: true,
  description: "Only what it wants, such as 'status>=500 or miss', 'path~/users* ms>100'",
} as const satisfies Flag;

/** Every flag of `tail`. */
export const tailFlags = {
  ...clearFlags,
  filter,
  lines: {
    type: "string",
    group: "Selection",
    alias: "n",
    valueHint: "N",
    fallback: "10",
    action: true,
    description: "Begin with so many of the last ones",
  },
  json: { type: "boolean", group: "Output", action: true, description: "Print each exchange as a JSON object" },
} as const satisfies Flags;

/** Every flag of `top`. */
export const topFlags = {
  ...clearFlags,
  filter,
  sort: {
    type: "string",
    group: "Selection",
    valueHint: "requests|misses|bytes|slow",
    fallback: "requests",
    action: true,
    description: "What comes first: most requested, most missed, most bytes, or slowest on average",
  },
  once: {
    type: "boolean",
    group: "Output",
    action: true,
    description: "Print one table of what the proxy still remembers, and end",
  },
} as const satisfies Flags;
