import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { cleanup } from "../e2e/cleanup.ts";
import { until } from "../sharing/until.ts";
import { get } from "./client.ts";
import { ORIGIN_FAULTS } from "./origin-faults.ts";
import { scripted } from "./sites.ts";

const shared = cleanup();

/** How often each fault is met. */
const TIMES = 200;
const AT_ONCE = 20;
/** Those that cost neither a time-out nor what floods this process for long. */
const QUICK = ORIGIN_FAULTS.filter(({ isLate, name }) => !isLate && !/without end|1 MB|1000 interim/.test(name));
const LATE = ORIGIN_FAULTS.filter(({ name }) => name === "says nothing" || name === "stalls in a short body");

test("200 times each, and no socket is left of it, nor memory", async () => {
  const { origin, proxy } = await scripted(shared, ORIGIN_FAULTS, "500ms");
  const met = async (fault: (typeof QUICK)[number], atOnce: number): Promise<void> => {
    for (let done = 0; done < TIMES; done += atOnce) {
      const asked = Array.from({ length: atOnce }, (_, i) => ({
        path: `/leak/${fault.name.replaceAll(/\W/g, "-")}/${done + i}`,
        fields: { "x-fault": fault.name, "cache-control": "no-store" },
        wait: fault.wait,
      }));
      await Promise.all(asked.map((request) => get(proxy.port, request)));
    }
  };
  const sockets = (): number => readdirSync(`/proc/${proxy.pid}/fd`).length;
  const resident = (): number =>
    1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${proxy.pid}/status`, "utf8"))?.[1]);
  for (const fault of QUICK) await met(fault, TIMES);
  // Bun keeps idle connections to the origin: what there is then is what there may be.
  const [before, memory] = [sockets(), resident()];
  for (const fault of QUICK) await met(fault, AT_ONCE);
  for (const fault of LATE) await met(fault, TIMES);
  await until("no more sockets are open than before", async () => sockets() <= before);
  expect(resident() - memory).toBeLessThan(48 * 1024 * 1024);
  expect(origin.open()).toBeLessThanOrEqual(before);
  expect((await get(proxy.port, { path: "/after" })).status).toBe(200);
});
