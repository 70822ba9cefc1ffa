import type { Flags } from "./flags.ts";

/** What is said of a request that somebody asks about. */
export const requestFlags = {
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
} as const satisfies Flags;
