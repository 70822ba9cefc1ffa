import type { TierSetting } from "../store/open-tier.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

const HELP = "write sqlite:PATH, redis://HOST[:PORT], rediss://… or memcached://HOST:PORT[,HOST:PORT]";
const MEMCACHED_PORT = 11_211;

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
  if (url === null || url.hostname === "") return refuse("names no host: write redis://HOST[:PORT]");
  if (!/^\/?\d{0,5}$/.test(url.pathname))
    return refuse("may have the number of a database as its path, as in redis://localhost/2, and nothing else");
  if (url.search !== "" || url.hash !== "") return refuse("has a query or a fragment, which mean nothing here");
  return accept({ type: "redis", url: text });
}

function parseMemcached(text: string): Parsed<TierSetting> {
  const servers: { host: string; port: number }[] = [];
  for (const one of text.slice("memcached://".length).replace(/\/$/, "").split(",")) {
    const url = text.startsWith("memcached://") ? URL.parse(`http://${one}`) : null;
    const bare = url !== null && url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
    if (!bare || url.hostname === "") return refuse("names no servers: write memcached://HOST:PORT[,HOST:PORT]");
    // `URL` leaves out the port of its own scheme.
    const port = /:80$/.test(one) ? 80 : Number(url.port === "" ? MEMCACHED_PORT : url.port);
    servers.push({ host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port });
  }
  return accept({ type: "memcached", servers });
}
