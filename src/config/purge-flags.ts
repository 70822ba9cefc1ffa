import { clearFlags, type Flag, type Flags, statsFlags } from "./flags.ts";

const purging = { type: "string", group: "Purging", action: true, repeatable: true } as const satisfies Partial<Flag>;

/** Every flag of `purge`. */
export const purgeFlags = {
  ...clearFlags,
  url: { ...purging, valueHint: "URL|PATH", description: "One resource with all its variants; --url may be left out" },
  prefix: { ...purging, valueHint: "URL|PATH", description: "Whatever begins with it" },
  pattern: { ...purging, valueHint: "PATTERN", description: "Whatever matches a URL pattern such as /users/:id/*" },
  tag: {
    ...purging,
    valueHint: "TAG",
    description: "Whatever has this tag in Cache-Tag, Surrogate-Key, xkey or Cache-Groups",
  },
  all: { type: "boolean", group: "Purging", action: true, description: "Everything" },
  soft: {
    type: "boolean",
    group: "Purging",
    action: true,
    description: "Mark it stale instead: it is validated before its next use, and stands in while the origin is away",
  },
  json: { ...statsFlags.json, description: "Print how many went as JSON" },
} as const satisfies Flags;
