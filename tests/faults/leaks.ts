import { readdirSync, readFileSync } from "node:fs";
import { until } from "../sharing/until.ts";
import { get } from "./client.ts";
import { ORIGIN_FAULTS, type OriginFault } from "./origin-faults.ts";
import { scripted } from "./sites.ts";

const AT_ONCE = 20;

/** What a proxy has more than before, once faults of an origin have been met so often. */
export type Left = { readonly sockets: number; readonly bytes: number; readonly status: number };

/**
 * Meets each fault so many times, 20 at once.
 * @throws Error where sockets stay open for half a minute
 */
export async function leftAfter(
  stack: AsyncDisposableStack,
  times: number,
  faults: readonly OriginFault[] = ORIGIN_FAULTS,
): Promise<Left> {
  const { proxy } = await scripted(stack, ORIGIN_FAULTS, "300ms");
  const sockets = (): number => readdirSync(`/proc/${proxy.pid}/fd`).length;
  const resident = (): number =>
    1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${proxy.pid}/status`, "utf8"))?.[1]);
  const round = async (fault: OriginFault): Promise<void> => {
    const requests = Array.from({ length: AT_ONCE }, () => ({
      path: `/${crypto.randomUUID()}`,
      fields: { "x-fault": fault.name, "cache-control": "no-store" },
      wait: fault.wait,
    }));
    await Promise.all(requests.map((request) => get(proxy.port, request)));
  };
  // Bun keeps idle connections to the origin, and what it allocates at first.
  for (const fault of faults) await round(fault);
  const before = { sockets: sockets(), bytes: resident() };
  for (let done = AT_ONCE; done < times; done += AT_ONCE) for (const fault of faults) await round(fault);
  await until("sockets are closed", () => sockets() <= before.sockets + AT_ONCE);
  const { status } = await get(proxy.port, { path: "/after" });
  return { sockets: sockets() - before.sockets, bytes: resident() - before.bytes, status };
}
