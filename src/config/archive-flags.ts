import { fixtureFlags } from "./fixture-flags.ts";
import { clearFlags, type Flag, type Flags, statsFlags } from "./flags.ts";
import { secret } from "./recording-flags.ts";

const archive = { type: "string", group: "Archive", action: true } as const satisfies Partial<Flag>;

// Whoever has set a variable for `serve` does not mean this.
const fixtures = { ...fixtureFlags.fixtures, action: true } as const satisfies Flag;

/** Every flag of `import`. */
export const importFlags = {
  ...clearFlags,
  file: { ...archive, valueHint: "FILE", description: "The archive, - for standard input; --file may be left out" },
  origin: {
    ...archive,
    alias: "o",
    valueHint: "URL",
    description: "Take what the archive has of this origin for the proxy's; of others nothing is taken",
  },
  for: {
    ...archive,
    valueHint: "URL",
    fallbackNote: "http://localhost and the port",
    description: "By which name clients ask the proxy, since each name has responses of its own",
  },
  fixtures: { ...fixtures, description: "Write fixtures into this folder instead; no proxy has to run" },
  overwrite: {
    type: "boolean",
    group: "Fixtures",
    action: true,
    description: "Write fixtures anew that are there already",
  },
  errors: { type: "boolean", group: "Fixtures", action: true, description: "Write responses from 400 on as well" },
  latency: { type: "boolean", group: "Fixtures", action: true, description: "Write down how long the origin took" },
  secret,
  json: { ...statsFlags.json, description: "Print what became of it as JSON" },
} as const satisfies Flags;

/** Every flag of `export`. */
export const exportFlags = {
  ...clearFlags,
  file: {
    ...archive,
    valueHint: "FILE",
    fallbackNote: "standard output",
    description: "Where to write it; --file may be left out",
  },
  from: {
    ...archive,
    valueHint: "cache|live",
    fallback: "cache",
    description: "What is stored, or what passes from now on",
  },
  fixtures: { ...fixtures, description: "Write what the fixtures of this folder are; no proxy has to run" },
  origin: {
    ...archive,
    alias: "o",
    valueHint: "URL",
    fallbackNote: "http://localhost and the port",
    description: "Of which origin the fixtures are",
  },
  secret,
  prefix: { ...archive, valueHint: "URL|PATH", description: "Only what begins with it" },
  seconds: { ...archive, valueHint: "N", fallbackNote: "until Ctrl-C", description: "How long to watch what passes" },
  "with-secrets": {
    type: "boolean",
    group: "Archive",
    action: true,
    description: "Write values of cookies and credentials, too, instead of ***",
  },
} as const satisfies Flags;
