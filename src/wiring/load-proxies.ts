import type { Settings } from "../config/settings.ts";
import type { Proxies } from "../sharing/join.ts";

/** The proxies that share a Redis with this one; what it takes to reach them is loaded only where there is one. */
export async function proxiesOf(
  { store }: Settings,
  namespace: string,
  isAway: () => boolean,
  report: (error: unknown) => void,
): Promise<Proxies | undefined> {
  if (store?.type !== "redis") return undefined;
  const { joinProxies } = await import("../sharing/join.ts");
  return joinProxies({ url: store.url, namespace, isAway, steady: () => performance.now(), report });
}
