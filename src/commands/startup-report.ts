import type { Settings } from "../config/settings.ts";
import { formatDuration, formatSize } from "../config/units.ts";
import { shownOrigin } from "../http/unix-socket.ts";
import type { TierSetting } from "../store/tier.ts";
import { invocation } from "./invocation.ts";
import { version } from "./version.ts";

/**
 * The lines a proxy says when it listens.
 * @param readyAfter milliseconds from the start of the process
 */
export function startupLines(
  settings: Settings,
  url: URL,
  port: number,
  readyAfter: number,
): readonly [string, ...string[]] {
  const { ttl, maxSize, origin, adminPrefix, workers, store, fixtures, config, tls, rules = [] } = settings;
  const { failover = [] } = settings.origins.find((each) => each.origin.href === origin.href) ?? {};
  const lifetime =
    ttl === 0 ? "nothing without a stated lifetime" : `${formatDuration(ttl)} where no lifetime is stated`;
  const isSocket = url.protocol === "unix:";
  return [
    `caching-proxy ${version} ready in ${Math.round(readyAfter)} ms`,
    `  listens on  ${bare(url)}`,
    ...(workers === 1
      ? []
      : [`  workers     ${workers} processes, each with ${workers === 2 ? "half" : `1/${workers}`} of the cache`]),
    ...(tls?.local === undefined
      ? []
      : [`  authority   ${tls.local.authority}, for curl --cacert, NODE_EXTRA_CA_CERTS or a browser`]),
    `  origin      ${shownOrigin(origin)}`,
    ...(failover.length === 0 ? [] : [`  failover    ${failover.map(shownOrigin).join(", ")}`]),
    `  cache       ${formatSize(maxSize)} in memory, ${lifetime}`,
    ...(store === undefined ? [] : [`  store       ${storeLine(store)}`]),
    ...(config === undefined
      ? []
      : [`  config      ${config}, with ${rules.length} ${rules.length === 1 ? "rule" : "rules"}`]),
    ...(isSocket ? [] : [`  page        ${bare(url)}${adminPrefix}/`]),
    ...(fixtures === undefined
      ? []
      : [`  fixtures    ${fixtures}${settings.frozen ? ", and nothing else answers" : RECORDED[settings.record]}`]),
    ...(settings.scenario === undefined ? [] : [`  scenario    ${settings.scenario}`]),
    ...(settings.offline && !settings.frozen ? ["  offline     the origin is never asked"] : []),
    `  clear       ${clientCommand("clear", settings, port)}`,
    `  stats       ${clientCommand("stats", settings, port)}${isSocket ? "" : `, or ${bare(url)}${adminPrefix}/stats`}`,
  ];
}

const RECORDED = { missing: ", where what is missing is recorded", all: ", recorded anew", none: "" };

/** The tier below the memory, without credentials. */
function storeLine(store: TierSetting): string {
  switch (store.type) {
    case "sqlite":
      return `${formatSize(store.maxBytes)} in ${store.path} and ${store.path}.bodies`;
    case "redis": {
      const { host, pathname } = new URL(store.url);
      return `Redis at ${host}${pathname === "/" ? "" : pathname}`;
    }
    case "memcached":
      return `memcached at ${store.servers.map(({ host, port }) => `${host}:${port}`).join(", ")}`;
  }
}

/** The command that reaches this proxy; a token is left to the environment. */
function clientCommand(command: "clear" | "stats", settings: Settings, port: number): string {
  const [host] = settings.hosts;
  const isDefaultHost = host === undefined || host === "127.0.0.1" || host === "0.0.0.0";
  return [
    `${invocation} ${command}${host?.startsWith("unix:") ? "" : ` --port ${port}`}`,
    ...(isDefaultHost ? [] : [`--host ${host}`]),
    ...tlsFlag(settings),
    ...(settings.adminPrefix === "/__admin" ? [] : [`--admin-prefix ${settings.adminPrefix}`]),
  ].join(" ");
}

function tlsFlag({ tls }: Settings): readonly string[] {
  if (tls === undefined) return [];
  return [tls.local === undefined ? `--tls-cert ${tls.cert}` : "--tls auto"];
}

function bare(url: URL): string {
  return url.href.replace(/\/$/, "");
}
