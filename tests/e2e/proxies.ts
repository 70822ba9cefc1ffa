import { ask, type RunningProxy, startProxy } from "./proxy.ts";

/** Starts proxies of one origin that share a Redis. */
export async function startProxies(
  stack: AsyncDisposableStack,
  { count, origin, redis, flags = "" }: { count: number; origin: string; redis: { url: string }; flags?: string },
): Promise<readonly RunningProxy[]> {
  const start = () => startProxy(stack, origin, `--log off --store ${redis.url} ${flags}`.trim());
  return Promise.all(Array.from({ length: count }, start));
}

/** Asks by the name that all proxies have together, as behind a load balancer: what was asked for by another one is another response. */
export function askByName(proxy: RunningProxy, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("host", "cache.example");
  return ask(proxy, path, { ...init, headers });
}

/** The same, read to its end: X-Cache and the body. */
export async function outcomeByName(proxy: RunningProxy, path: string): Promise<readonly [string, string]> {
  const response = await askByName(proxy, path);
  return [response.headers.get("x-cache") ?? "none", await response.text()];
}
