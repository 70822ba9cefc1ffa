/**
 * Path and query of a URL below another one, as a proxy that stands in front of that is asked for them; undefined where it is elsewhere.
 * @param base an origin, with its base path if it has one
 */
export function pathBelow(url: URL, base: URL): string | undefined {
  if (url.origin !== base.origin) return undefined;
  const path = base.pathname.replace(/\/$/, "");
  const rest = url.pathname.slice(path.length);
  const isBelow = url.pathname.startsWith(path) && (rest === "" || rest.startsWith("/"));
  return isBelow ? `${rest === "" ? "/" : rest}${url.search}` : undefined;
}
