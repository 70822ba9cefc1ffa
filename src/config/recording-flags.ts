import type { Flag, Flags } from "./flags.ts";

/** What else is a secret, in fixtures and wherever URLs are shown. */
export const secret = {
  type: "string",
  group: "Fixtures",
  valueHint: "NAMES",
  description: "Further fields, parameters and members to keep out of fixtures and logs: iban,x-my-*; !NAME is none",
} as const satisfies Flag;

/** What `serve` says of recording and of streams that are replayed. */
export const recordingFlags = {
  record: {
    type: "string",
    group: "Fixtures",
    valueHint: "missing|all|none",
    fallback: "missing",
    description: "Which responses become fixtures: those that have none, all anew, or none",
  },
  "record-errors": {
    type: "boolean",
    group: "Fixtures",
    description: "Record responses from 400 on as well",
  },
  "record-latency": {
    type: "boolean",
    group: "Fixtures",
    description: "Record how long the origin took, for rules with delay: recorded",
  },
  secret,
  "replay-speed": {
    type: "string",
    group: "Fixtures",
    valueHint: "N|instant",
    fallback: "1",
    description: "How fast streams and recorded delays are replayed; 2 is twice as fast as they were",
  },
} as const satisfies Flags;
