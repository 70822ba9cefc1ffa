import type { Milliseconds } from "../http/date.ts";
import { parseOwnPath, parseToken } from "./admin-access.ts";
import type { ConfigFile } from "./file.ts";
import { resolveFixtures } from "./fixtures.ts";
import { type Environment, type Given, named, read, readRequired, readSwitch } from "./given.ts";
import { parseIgnoreQuery } from "./ignore-query.ts";
import { bracketed, isLoopback, isWildcard, parseHosts, parsePort, socketAt } from "./listen.ts";
import { parseOrigin } from "./origin.ts";
import { resolveOriginConnections } from "./origin-connections.ts";
import { resolveOriginTls } from "./origin-tls.ts";
import { resolveOrigins } from "./origins.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";
import { parseQuota } from "./quota.ts";
import { parseScenario } from "./scenario.ts";
import type { CollapseScope, EvictionOrder, LogFormat, Settings } from "./settings.ts";
import { parseStore } from "./store.ts";
import { resolveTls } from "./tls.ts";
import { formatDuration, formatSize, parseDuration, parseSize } from "./units.ts";
import { parseWorkers } from "./workers.ts";

/** What an empty store on disk takes, with its log, and room for something. */
const LEAST_STORE = 1024 * 1024;

/** Timers count in 32 bits: a longer one would fire at once. */
const LONGEST_TIMER: Milliseconds = 2_147_483_647;

/**
 * Makes settings of what was said, or gives the first thing that is wrong with it as a sentence.
 * @param terminal whether standard output is a terminal, which decides how we log by default
 * @param file for what no flag can say
 * @param env of the variables that settings name
 */
export function resolveSettings(
  given: Given,
  terminal: boolean,
  file?: Pick<ConfigFile, "name" | "rules" | "seed" | "origins">,
  env: Environment = process.env,
): Parsed<Settings> {
  const port = readRequired(given, "port", parsePort);
  if (!port.ok) return port;
  const hosts = readRequired(given, "host", parseHosts);
  if (!hosts.ok) return hosts;
  const tls = resolveTls(given, hosts.value);
  if (!tls.ok) return tls;
  const origin = resolveOrigin(given, port.value, hosts.value);
  if (!origin.ok) return origin;
  const originTls = resolveOriginTls(given, origin.value);
  if (!originTls.ok) return originTls;
  const origins = resolveOrigins(given, origin.value, file, env);
  if (!origins.ok) return origins;
  const ttl = readRequired(given, "ttl", parseDuration);
  if (!ttl.ok) return ttl;
  const ignoreQuery = read(given, "ignore-query", parseIgnoreQuery);
  if (!ignoreQuery.ok) return ignoreQuery;
  const timeout = readRequired(given, "timeout", parseTimeout);
  if (!timeout.ok) return timeout;
  const quota = readRequired(given, "quota", parseQuota);
  if (!quota.ok) return quota;
  const workers = readRequired(given, "workers", (text) => parseWorkers(text, navigator.hardwareConcurrency));
  if (!workers.ok) return workers;
  const host = given.get("host");
  if (host !== undefined && hosts.value.some((one) => socketAt(one) !== undefined)) {
    if (workers.value > 1)
      return refuse(`${named(host)} is one socket, which --workers cannot share: listen on a port`);
    if (tls.value !== undefined)
      return refuse(`${named(host)} never leaves this machine, so there is no TLS: leave out --tls and --tls-cert`);
  }
  const connections = resolveOriginConnections(given, workers.value);
  if (!connections.ok) return connections;
  const sizes = resolveSizes(given, workers.value);
  if (!sizes.ok) return sizes;
  const eviction = readRequired(given, "eviction", parseEviction);
  if (!eviction.ok) return eviction;
  const store = resolveStore(given);
  if (!store.ok) return store;
  const collapse = resolveCollapse(given, store.value);
  if (!collapse.ok) return collapse;
  const fixtures = resolveFixtures(given);
  if (!fixtures.ok) return fixtures;
  const scenario = read(given, "scenario", parseScenario);
  if (!scenario.ok) return scenario;
  const insecure = readSwitch(given, "insecure");
  if (!insecure.ok) return insecure;
  const trustForwarded = readSwitch(given, "trust-forwarded");
  if (!trustForwarded.ok) return trustForwarded;
  const admin = resolveAdmin(given, hosts.value);
  if (!admin.ok) return admin;
  const log = resolveLog(given, terminal);
  if (!log.ok) return log;
  const serverTiming = readSwitch(given, "server-timing");
  if (!serverTiming.ok) return serverTiming;
  return accept({
    origin: origin.value,
    port: port.value,
    hosts: hosts.value,
    tls: tls.value,
    workers: workers.value,
    ttl: ttl.value,
    ignoreQuery: ignoreQuery.value ?? [],
    eviction: eviction.value,
    store: store.value,
    collapse: collapse.value,
    ...fixtures.value,
    scenario: scenario.value,
    timeout: timeout.value,
    quota: quota.value,
    maxOriginConnections: connections.value,
    insecure: insecure.value,
    ...originTls.value,
    ...origins.value,
    trustForwarded: trustForwarded.value,
    ...log.value,
    serverTiming: serverTiming.value,
    config: file?.name,
    rules: file?.rules,
    seed: file?.seed,
    ...sizes.value,
    ...admin.value,
  });
}

/** The origin of a proxy that never asks any; nobody has this name (RFC 6761 §6.4). */
const NOBODY = "http://origin.invalid";

function resolveOrigin(given: Given, port: number, hosts: readonly string[]): Parsed<URL> {
  const origin = read(given, "origin", parseOrigin);
  if (!origin.ok) return origin;
  if (origin.value === undefined) {
    const frozen = readSwitch(given, "frozen");
    if (frozen.ok && frozen.value) return accept(new URL(NOBODY));
    return refuse(
      "which server to cache is missing: pass its URL, as in caching-proxy --origin http://dummyjson.com (or set CACHING_PROXY_ORIGIN)",
    );
  }
  const { hostname, port: written, protocol } = origin.value;
  const originPort = written === "" ? (protocol === "https:" ? 443 : 80) : Number(written);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const listens = isLoopback(host) && hosts.some((one) => isLoopback(one) || isWildcard(one));
  if (hosts.some((one) => socketAt(one) !== undefined)) return accept(origin.value);
  if (port !== 0 && originPort === port && (listens || hosts.some((one) => bracketed(one) === hostname))) {
    return refuse(`the origin ${origin.value.href} is where this proxy would listen itself: pass another --port`);
  }
  return accept(origin.value);
}

function resolveSizes(given: Given, workers: number): Parsed<Pick<Settings, "maxSize" | "maxEntrySize">> {
  const whole = readRequired(given, "max-size", parseSize);
  if (!whole.ok) return whole;
  const entry = readRequired(given, "max-entry-size", parseSize);
  if (!entry.ok) return entry;
  const said = given.get("max-entry-size");
  if (said?.stated && entry.value > whole.value) {
    return refuse(`${named(said)} is more than the whole cache may take, --max-size ${formatSize(whole.value)}`);
  }
  if (said?.stated && entry.value > whole.value / workers) {
    return refuse(
      `${named(said)} is more than each of ${workers} workers has of --max-size ${formatSize(whole.value)}`,
    );
  }
  return accept({ maxSize: whole.value, maxEntrySize: Math.min(entry.value, whole.value) });
}

function resolveStore(given: Given): Parsed<Settings["store"]> {
  const size = readRequired(given, "store-size", parseSize);
  if (!size.ok) return size;
  const bound = given.get("store-size");
  // What stands before an @ may be a password.
  const secrecy = given.get("store")?.text.includes("@") ? "hide" : "show";
  const store = read(given, "store", (text) => parseStore(text, size.value), secrecy);
  if (!store.ok || !bound?.stated) return store;
  if (store.value?.type !== "sqlite")
    return refuse(`${named(bound)} is about a store on disk: pass --store sqlite:PATH with it`);
  return size.value < LEAST_STORE
    ? refuse(`${named(bound)} is too little for a store on disk: write at least ${formatSize(LEAST_STORE)}`)
    : store;
}

function resolveCollapse(given: Given, store: Settings["store"]): Parsed<CollapseScope> {
  const scope = readRequired(given, "collapse", parseCollapse);
  if (!scope.ok || scope.value === "local" || store?.type === "redis") return scope;
  const said = given.get("collapse");
  return refuse(
    `${said ? named(said) : "--collapse shared"} needs a store by which proxies can agree: pass --store redis://HOST[:PORT]`,
  );
}

function resolveAdmin(
  given: Given,
  hosts: readonly string[],
): Parsed<Pick<Settings, "adminPrefix" | "healthPath" | "adminToken">> {
  const prefix = readRequired(given, "admin-prefix", parseOwnPath);
  if (!prefix.ok) return prefix;
  const health = readRequired(given, "health-path", parseOwnPath);
  if (!health.ok) return health;
  if (prefix.value === health.value) return refuse(`--admin-prefix and --health-path are both ${health.value}`);
  const token = read(given, "admin-token", parseToken, "hide");
  if (!token.ok) return token;
  const host = given.get("host");
  if (host !== undefined && token.value === undefined && !hosts.every(isLoopback)) {
    return refuse(
      `${named(host)} lets other machines connect, so the admin paths need a token: set CACHING_PROXY_ADMIN_TOKEN or pass --admin-token TOKEN`,
    );
  }
  return accept({ adminPrefix: prefix.value, healthPath: health.value, adminToken: token.value });
}

function resolveLog(given: Given, terminal: boolean): Parsed<Pick<Settings, "log" | "logFile">> {
  const log = read(given, "log", parseLog);
  if (!log.ok) return log;
  const file = given.get("log-file");
  if (file !== undefined && log.value === "off") {
    return refuse(`${named(file)} is where the log goes, and --log off says that there is none: leave out one of them`);
  }
  const usual = terminal && file === undefined ? "pretty" : "json";
  return accept({ log: log.value ?? usual, logFile: file?.text });
}

function parseTimeout(text: string): Parsed<Milliseconds> {
  const timeout = parseDuration(text);
  if (!timeout.ok || (timeout.value > 0 && timeout.value <= LONGEST_TIMER)) return timeout;
  return refuse(`must be from 1ms to ${formatDuration(Math.floor(LONGEST_TIMER / 86_400_000) * 86_400_000)}`);
}

const LOG_FORMATS = ["pretty", "json", "common", "combined", "off"] as const satisfies readonly LogFormat[];

function parseLog(text: string): Parsed<LogFormat> {
  const word = text.toLowerCase();
  const format = LOG_FORMATS.find((one) => one === word);
  return format === undefined
    ? refuse("is not a log format: write pretty, json, common, combined or off")
    : accept(format);
}

function parseCollapse(text: string): Parsed<CollapseScope> {
  const word = text.toLowerCase();
  return word === "local" || word === "shared"
    ? accept(word)
    : refuse("is nobody to share with: write local or shared");
}

function parseEviction(text: string): Parsed<EvictionOrder> {
  const word = text.toLowerCase();
  return word === "lru" || word === "s3-fifo"
    ? accept(word)
    : refuse("is not an order of eviction: write lru or s3-fifo");
}
