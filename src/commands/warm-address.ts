import { isLoopback } from "../config/listen.ts";
import { accept, type Parsed, refuse } from "../config/parsed.ts";

/** What is asked of the proxy: a path with its query, by the authority that stands in Host. Each name of the proxy has responses of its own. */
export type Address = { readonly path: string; readonly authority: string };

/** The names under which what the proxy serves may be written. */
export type Names = {
  /** As a person opens the proxy, e.g. `http://localhost:3000`. */
  readonly proxy: URL;
  /** What the proxy asks, with its base path. */
  readonly origin: URL;
  /** The authority that all are asked by, where one was given. */
  readonly host: string | undefined;
  readonly adminPrefix: string;
};

/** Reads a path, or a URL as the proxy's or the origin's, which leads to the same place on the proxy; what is elsewhere is refused. */
export function addressOf(text: string, names: Names): Parsed<Address> {
  const found = locate(text, names);
  if (!found.ok) return found;
  const { path } = found.value;
  const { adminPrefix } = names;
  if (path === adminPrefix || path.startsWith(`${adminPrefix}/`)) return refuse("is one of the proxy's own paths");
  return found;
}

function locate(text: string, names: Names): Parsed<Address> {
  const authority = names.host ?? names.proxy.host;
  if (text.startsWith("/")) {
    const url = URL.parse(names.proxy.origin + text);
    return url === null ? refuse("is no path that a URL could have") : accept({ path: pathOf(url), authority });
  }
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null) return refuse("is neither a path, which begins with /, nor an http or https URL");
  if (url.username !== "" || url.password !== "") return refuse("holds credentials; pass them with -H");
  if (url.host === names.host) return accept({ path: pathOf(url), authority });
  if (isProxy(url, names.proxy)) return accept({ path: pathOf(url), authority: names.host ?? url.host });
  return belowOrigin(url, names, authority);
}

/** The origin may be written with either scheme: sitemaps name the one that the public uses. */
function belowOrigin(url: URL, { proxy, origin }: Names, authority: string): Parsed<Address> {
  if (url.host !== origin.host) {
    return refuse(
      `is on ${url.host}, which is neither the proxy (${proxy.origin}) nor its origin (${shown(origin)}); if clients call the proxy by that name, pass -H "Host: ${url.host}"`,
    );
  }
  const base = origin.pathname.replace(/\/$/, "");
  const path = pathOf(url);
  if (base === "") return accept({ path, authority });
  const rest = path.slice(base.length);
  return path.startsWith(base) && /^[/?]|^$/.test(rest)
    ? accept({ path: rest.startsWith("/") ? rest : `/${rest}`, authority })
    : refuse(`is not below the proxy's origin ${shown(origin)}`);
}

/** Whether a URL is one of the proxy's. A proxy on loopback has each of this machine's own names. */
function isProxy(url: URL, proxy: URL): boolean {
  if (portOf(url) !== portOf(proxy)) return false;
  return url.hostname === proxy.hostname || (isLoopback(bare(url)) && isLoopback(bare(proxy)));
}

function bare({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === "https:" ? "443" : "80");
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}

function shown(origin: URL): string {
  return origin.href.replace(/\/$/, "");
}
