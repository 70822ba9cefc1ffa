import type { TierSetting } from "../store/tier.ts";
import { isIPv4 } from "./listen.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

const HELP = "write sqlite:PATH, redis://HOST[:PORT], rediss://… or memcached://HOST:PORT[,HOST:PORT]";
const MEMCACHED_PORT = "11211";

/**
 * Reads `--store`: the tier below the memory.
 * @param maxBytes bound of a store on disk
 */
export function parseStore(text: string, maxBytes: number): Parsed<TierSetting> {
  const scheme = /^([a-z]+):/i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case "sqlite":
      return parseSqlite(text.slice("sqlite:".length), maxBytes);
    case "redis":
    case "rediss":
    case "valkey":
    case "valkeys":
      return parseRedis(text);
    case "memcached":
      return parseMemcached(text);
    default:
      return refuse(`is not a store: ${HELP}`);
  }
}

function parseSqlite(path: string, maxBytes: number): Parsed<TierSetting> {
  if (path.startsWith("//"))
    return refuse("has slashes that belong to no path: write sqlite:PATH, as in sqlite:./cache.db");
  if (path === "" || path.endsWith("/")) return refuse("names no file: write sqlite:PATH, as in sqlite:./cache.db");
  if (path === ":memory:") return refuse("would keep nothing: leave --store out, the memory tier is always there");
  return accept({ type: "sqlite", path, maxBytes });
}

function parseRedis(text: string): Parsed<TierSetting> {
  const url = URL.parse(text);
  if (url === null)
    return refuse("is not a URL: write redis://[USER:PASSWORD@]HOST[:PORT], with what is special in a password as %XX");
  if (url.hostname === "") return refuse("names no host: write redis://HOST[:PORT]");
  if (!/^\/?\d{0,5}$/.test(url.pathname))
    return refuse("may have the number of a database as its path, as in redis://localhost/2, and nothing else");
  if (url.search !== "" || url.hash !== "") return refuse("has a query or a fragment, which mean nothing here");
  return accept({ type: "redis", url: text });
}

function parseMemcached(text: string): Parsed<TierSetting> {
  const listed = /^memcached:\/\/(.*?)\/?$/i.exec(text)?.[1] ?? "";
  const servers: { host: string; port: number }[] = [];
  for (const one of listed.split(",")) {
    if (one.startsWith("["))
      return refuse(`names a server by an IPv6 address, ${one}: write a name that stands for it`);
    const [, host = "", digits = MEMCACHED_PORT] = SERVER.exec(one.toLowerCase()) ?? [];
    const port = Number(digits);
    // Digits and dots alone are a mistyped address and not a name.
    const isHost = URL.canParse(`http://${host}`) && (!/^[\d.]+$/.test(host) || isIPv4(host));
    if (!isHost) return refuse("names no servers: write memcached://HOST:PORT[,HOST:PORT]");
    if (port < 1 || port > 65_535) return refuse(`names a port that is none, ${digits}: write one from 1 to 65535`);
    if (servers.some((other) => other.host === host && other.port === port))
      return refuse(`names ${one} twice: each server holds a part of the keys`);
    servers.push({ host, port });
  }
  return accept({ type: "memcached", servers });
}

/** A name or an IPv4 address, and a port. The client takes no IPv6 address. */
const SERVER = /^([a-z\d_.-]+)(?::(\d{1,5}))?$/;
