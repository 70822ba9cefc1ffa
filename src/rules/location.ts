import type { Incoming } from "../http/exchange.ts";
import type { Effect } from "./effect.ts";
import { onFields } from "./effect.ts";
import type { World } from "./world.ts";

/** Names the proxy where an answer names the origin. */
export const rewritingLocation: Effect = (matched, world) => {
  if (matched.first("location") === undefined) return undefined;
  return onFields((headers, incoming) => {
    for (const name of ["location", "content-location"]) {
      const value = headers.get(name);
      const rewritten = value === null ? undefined : ours(value, incoming, world);
      if (rewritten !== undefined) headers.set(name, rewritten);
    }
  });
};

/** The same for a client of ours; undefined where it is nothing below the origin that was asked: http and https of one host are two. */
function ours(value: string, incoming: Incoming, { originOf, publicOrigin }: World): string | undefined {
  const origin = originOf(incoming);
  const base = origin.pathname === "/" ? "" : origin.pathname;
  const url = URL.parse(value, new URL(base + incoming.url.pathname, origin).href);
  if (url === null || url.origin !== origin.origin) return undefined;
  if (url.pathname !== base && !url.pathname.startsWith(`${base}/`)) return undefined;
  const path = url.pathname.slice(base.length);
  return `${publicOrigin(incoming)}${path.startsWith("/") ? path : `/${path}`}${url.search}${url.hash}`;
}
