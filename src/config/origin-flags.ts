import type { Flags } from "./flags.ts";

/** Those of `serve`'s flags that are about an origin that fails, and by what it knows us. */
export const originFlags = {
  failover: {
    type: "string",
    group: "Origin",
    valueHint: "URLS",
    list: true,
    description: "Where the same is to be had while --origin fails, in this order: http://b:8080,http://c:8080",
  },
  retries: {
    type: "string",
    group: "Origin",
    valueHint: "N",
    fallback: "0",
    description: "How often a request that may be repeated is sent again where all have failed it",
  },
  breaker: {
    type: "boolean",
    group: "Origin",
    description: "Leave alone for a while what fails three times in a row at an origin; so it is with --failover",
  },
  "origin-check": {
    type: "string",
    group: "Origin",
    valueHint: "PATH",
    description:
      "Ask --origin and --failover for this path now and then, and whoever fails it only where nobody else is left",
  },
  "origin-check-every": {
    type: "string",
    group: "Origin",
    valueHint: "DURATION",
    fallback: "10s",
    description: "How often that is",
  },
  "origin-auth": {
    type: "string",
    group: "Origin",
    valueHint: "SCHEME:VARIABLE",
    description: "Credentials for the origin: bearer:API_TOKEN or basic:API_LOGIN, the variable that holds them",
  },
} as const satisfies Flags;
