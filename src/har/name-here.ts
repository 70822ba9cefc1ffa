import { apartFrom } from "../caching/apart.ts";

/**
 * The scheme and authority by which clients are to ask for a response that was stored by another proxy: the same, but on one machine
 * that proxy's port is this one's.
 * @param there the name there, with another one in front where it lay apart; undefined where nobody knows
 * @param here the one by which clients ask this proxy
 */
export function nameHere(there: string | undefined, here: string): string {
  const named = siteHere(there, here);
  const [, apart] = /^https?:\/\/([\w-]+)@/.exec(there ?? "") ?? [];
  return apart === undefined ? named : apartFrom(named, apart);
}

function siteHere(there: string | undefined, here: string): string {
  const url = there === undefined ? null : URL.parse(there);
  if (url === null || !/^https?:$/.test(url.protocol)) return here;
  const own = new URL(here);
  if (!LOOPBACK.has(url.hostname) || !LOOPBACK.has(own.hostname)) return url.origin;
  url.port = own.port;
  return url.origin;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
