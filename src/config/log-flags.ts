import type { Flags } from "./flags.ts";

/** Those of `serve`'s flags that are about what it tells of each request. */
export const logFlags = {
  log: {
    type: "string",
    group: "Output",
    valueHint: "pretty|json|common|combined|off",
    fallbackNote: "pretty on a terminal, else json",
    description: "How each request is logged; common and combined are Apache's formats",
  },
  "log-file": {
    type: "string",
    group: "Output",
    valueHint: "PATH",
    description: "Append the log to a file, which may be rotated, instead of standard output",
  },
  "server-timing": {
    type: "boolean",
    group: "Output",
    description: "Tell clients by Server-Timing how long cache and origin took",
  },
} as const satisfies Flags;
