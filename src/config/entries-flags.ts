import { clearFlags, type Flags } from "./flags.ts";

/** Every flag of `entries`. */
export const entriesFlags = {
  ...clearFlags,
  sort: {
    type: "string",
    group: "Selection",
    valueHint: "key|size|hits|age",
    fallback: "key",
    action: true,
    description: "Order: by URL, the largest, the most often found, or the oldest first",
  },
  prefix: {
    type: "string",
    group: "Selection",
    valueHint: "URL|PATH",
    action: true,
    description: "Only what begins with it",
  },
  tag: { type: "string", group: "Selection", valueHint: "TAG", action: true, description: "Only what has this tag" },
  state: {
    type: "string",
    group: "Selection",
    valueHint: "fresh|stale",
    action: true,
    description: "Only what is fresh, or stale",
  },
  limit: {
    type: "string",
    group: "Selection",
    valueHint: "N",
    fallback: "50",
    action: true,
    description: "At most so many, 1000 at once",
  },
  cursor: {
    type: "string",
    group: "Selection",
    valueHint: "TEXT",
    action: true,
    description: "Go on where the last answer ended",
  },
  json: { type: "boolean", group: "Output", action: true, description: "Print the JSON as the proxy sent it" },
} as const satisfies Flags;
