import type { Flags } from "./flags.ts";
import { recordingFlags } from "./recording-flags.ts";

/** Those of `serve`'s flags that are about fixtures. */
export const fixtureFlags = {
  fixtures: {
    type: "string",
    group: "Fixtures",
    valueHint: "DIR",
    description: "Answer what there is an HTTP message for in this folder, and record what is missing there",
  },
  offline: {
    type: "boolean",
    group: "Fixtures",
    description: "Never ask the origin: what is stored answers, stale too, or else a 504",
  },
  frozen: {
    type: "boolean",
    group: "Fixtures",
    description: "Answer from --fixtures alone; a request without one is a 504, and 3 the exit code",
  },
  ...recordingFlags,
  scenario: {
    type: "string",
    group: "Fixtures",
    valueHint: "NAME",
    description: "Switch on the rules and fixtures of this scenario from the start",
  },
} as const satisfies Flags;
