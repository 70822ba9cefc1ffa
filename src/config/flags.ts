import { fixtureFlags } from "./fixture-flags.ts";
import { logFlags } from "./log-flags.ts";
import { originFlags } from "./origin-flags.ts";
import { originTlsFlags, tlsClientFlags, tlsFlags } from "./tls-flags.ts";

/** Headings of the help page, in the order they are shown. */
export const GROUPS = [
  "Listening",
  "Running proxy",
  "Purging",
  "Warming",
  "Archive",
  "Selection",
  "Request",
  "Origin",
  "Caching",
  "Fixtures",
  "Admin",
  "Output",
] as const;

/** A flag as citty wants it, with what our help page, our checks and the environment need besides. */
export type Flag = {
  readonly type: "string" | "boolean";
  readonly group: (typeof GROUPS)[number];
  readonly description: string;
  readonly alias?: string;
  readonly valueHint?: string;
  /** The default, as a user would write it. Not citty's `default`: the environment comes between the flag and this. */
  readonly fallback?: string;
  /** What the help page shows where the default is not a plain text. */
  readonly fallbackNote?: string;
  /** An action and not a setting: it cannot come from the environment. */
  readonly action?: true;
  /** May be given several times. */
  readonly repeatable?: true;
  /** Takes texts between commas, which a config file may have as a list. */
  readonly list?: true;
};

/** The flags of one command, by their names. */
export type Flags = Readonly<Record<string, Flag>>;

const port = {
  type: "string",
  group: "Listening",
  alias: "p",
  valueHint: "N",
  fallback: "3000",
  description: "Port to listen on; 0 picks a free one",
} as const satisfies Flag;

const host = {
  type: "string",
  group: "Listening",
  valueHint: "ADDR",
  fallback: "localhost",
  fallbackNote: "127.0.0.1 and ::1",
  description: "Address to listen on, or unix:SOCKET; any but those of this machine alone needs --admin-token",
} as const satisfies Flag;

const adminPrefix = {
  type: "string",
  group: "Admin",
  valueHint: "PATH",
  fallback: "/__admin",
  description: "Path under which the admin paths live",
} as const satisfies Flag;

const adminToken = {
  type: "string",
  group: "Admin",
  valueHint: "TOKEN",
  description: "Token the admin paths ask for; the environment keeps it out of process lists",
} as const satisfies Flag;

const config = {
  type: "string",
  group: "Listening",
  valueHint: "FILE",
  fallbackNote: "caching-proxy.config.{ts,js,mjs,json,jsonc,yaml,yml,toml}",
  description: "File with settings and rules; found in the working folder where it has its usual name",
} as const satisfies Flag;

const help = {
  type: "boolean",
  group: "Output",
  alias: "h",
  action: true,
  description: "Show this page",
} as const satisfies Flag;

const version = {
  type: "boolean",
  group: "Output",
  alias: "v",
  action: true,
  description: "Show the version",
} as const satisfies Flag;

/** Every flag of `serve`. */
export const serveFlags = {
  port,
  host,
  workers: {
    type: "string",
    group: "Listening",
    valueHint: "N|auto",
    fallback: "1",
    description: "Processes that share the port; auto is one for each core",
  },
  "trust-forwarded": {
    type: "boolean",
    group: "Listening",
    description: "Keep the X-Forwarded-* fields that clients send",
  },
  origin: {
    type: "string",
    group: "Origin",
    alias: "o",
    valueHint: "URL",
    description: "The server to cache, http, https or unix:SOCKET[:/base]; a base path is kept (required)",
  },
  timeout: {
    type: "string",
    group: "Origin",
    valueHint: "DURATION",
    fallback: "30s",
    description: "How long the origin may take to begin its answer",
  },
  quota: {
    type: "string",
    group: "Origin",
    valueHint: "on|off|PERCENT",
    fallback: "on",
    description: "Heed the origin's rate limits, and spare what is left below PERCENT (on: 10%) of them",
  },
  "max-origin-connections": {
    type: "string",
    group: "Origin",
    valueHint: "N",
    fallbackNote: "no bound",
    description: "Most requests under way to an origin at once; others wait, and get 503 where that takes too long",
  },
  ...originFlags,
  insecure: {
    type: "boolean",
    group: "Origin",
    description: "Accept a certificate of the origin that does not verify",
  },
  ...originTlsFlags,
  ttl: {
    type: "string",
    group: "Caching",
    valueHint: "DURATION",
    fallback: "120s",
    description: "Lifetime of a response that states none; 0 turns it off",
  },
  "ignore-query": {
    type: "string",
    group: "Caching",
    valueHint: "NAMES",
    list: true,
    description: "Query parameters to drop, from the key and from what the origin is asked: utm_*,_t",
  },
  "max-size": {
    type: "string",
    group: "Caching",
    valueHint: "BYTES",
    fallback: "256mb",
    description: "Most memory the cache may take",
  },
  "max-entry-size": {
    type: "string",
    group: "Caching",
    valueHint: "BYTES",
    fallback: "32mb",
    description: "Larger responses stream through, unstored",
  },
  eviction: {
    type: "string",
    group: "Caching",
    valueHint: "lru|s3-fifo",
    fallback: "lru",
    description: "What goes first when room is short and nothing has expired",
  },
  store: {
    type: "string",
    group: "Caching",
    valueHint: "URL",
    description: "A tier below the memory: sqlite:PATH, redis://…, rediss://… or memcached://…",
  },
  "store-size": {
    type: "string",
    group: "Caching",
    valueHint: "BYTES",
    fallback: "10gb",
    description: "Most room a --store on disk may take",
  },
  collapse: {
    type: "string",
    group: "Caching",
    valueHint: "local|shared",
    fallback: "local",
    description: "One request to the origin at a time for the same: per process, or of all that share a redis --store",
  },
  "clear-cache": {
    type: "boolean",
    group: "Caching",
    action: true,
    description: "Clear the cache of the proxy that runs on --port, and exit",
  },
  ...tlsFlags,
  ...fixtureFlags,
  "admin-prefix": adminPrefix,
  "admin-token": adminToken,
  "health-path": {
    type: "string",
    group: "Admin",
    valueHint: "PATH",
    fallback: "/health",
    description: "Path of the health check",
  },
  ...logFlags,
  config,
  help,
  version,
} as const satisfies Flags;

/** Every flag of `clear`. */
export const clearFlags = {
  port: { ...port, group: "Running proxy", description: "Port of the running proxy" },
  host: { ...host, group: "Running proxy", fallbackNote: "127.0.0.1", description: "Address of the running proxy" },
  "admin-prefix": {
    ...adminPrefix,
    group: "Running proxy",
    description: "The --admin-prefix the proxy was started with",
  },
  "admin-token": { ...adminToken, group: "Running proxy", description: "The --admin-token the proxy was started with" },
  ...tlsClientFlags,
  config: { ...config, group: "Running proxy", description: "The config file the proxy was started with" },
  help,
  version,
} as const satisfies Flags;

/** Every flag of `stats`. */
export const statsFlags = {
  ...clearFlags,
  json: { type: "boolean", group: "Output", action: true, description: "Print the JSON as the proxy sent it" },
} as const satisfies Flags;
