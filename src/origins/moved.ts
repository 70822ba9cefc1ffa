/** The part of a URL behind an origin and its base path, with its query; undefined where it does not lie there. */
export function below(origin: URL, url: URL): string | undefined {
  if (url.origin !== origin.origin) return undefined;
  const base = baseOf(origin);
  const rest = url.href.slice(origin.origin.length + base.length);
  const lies = url.pathname === base || url.pathname.startsWith(`${base}/`);
  return lies ? rest : undefined;
}

/** The same at another address of the site. */
export function at(address: URL, rest: string): URL {
  return new URL(address.origin + baseOf(address) + rest);
}

/** Without a slash at its end. */
function baseOf({ pathname }: URL): string {
  return pathname.replace(/\/$/, "");
}
