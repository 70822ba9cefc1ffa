import type { OriginsBuilt, OriginsWanted } from "./build-origins.ts";

/** What stands between the cache and several addresses of an origin; loaded only where anything of it is wanted. */
export async function loadOrigins(
  settings: OriginsWanted,
  onError: (error: unknown) => void,
): Promise<OriginsBuilt | undefined> {
  const { origins, retries, breaker } = settings;
  if (origins.length === 0 && retries === 0 && !breaker) return undefined;
  const { buildOrigins } = await import("./build-origins.ts");
  return buildOrigins(settings, onError);
}
