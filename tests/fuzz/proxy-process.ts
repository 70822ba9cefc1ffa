import { readdirSync, readFileSync } from "node:fs";
import { type CommandOptions, type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { holds, shown } from "./target.ts";

/** The real command as a process of its own, watched from outside. */
export type Watched = {
  readonly proxy: RunningProxy;
  /** @throws Finding where it is gone or has said that something went wrong */
  readonly isWell: () => void;
  /** @throws Finding where it takes too much of the machine */
  readonly isModest: () => void;
  readonly mostMegabytes: () => number;
};

/** Beside the 16 MB that it may store: Bun itself, and what is under way. */
const MOST_MB = 600;
const MOST_DESCRIPTORS = 600;

/** @param busy what it says where the machine is busy, and is no complaint */
export async function watchedProxy(
  stack: AsyncDisposableStack,
  origin: string,
  flags: string,
  options: CommandOptions = {},
  busy: RegExp = /(?!)/,
): Promise<Watched> {
  const proxy = await startProxy(stack, origin, `--max-size 16mb --log off ${flags}`, options);
  let [exit, most]: [number | undefined, number] = [undefined, 0];
  void proxy.exited.then((code) => {
    exit = code;
  });
  await proxy.stderr.find((line) => line.startsWith("  stats "));
  let beforehand = proxy.stderr.all.length;
  return {
    proxy,
    isWell() {
      holds(
        exit === undefined,
        () => `the proxy is gone, with code ${exit}: ${proxy.stderr.all.slice(beforehand).join("\n")}`,
      );
      const said = proxy.stderr.all.slice(beforehand).filter((line) => !busy.test(line));
      beforehand = proxy.stderr.all.length;
      holds(said.length === 0, () => `the proxy complains: ${shown(said.join("\n"), 2000)}`);
    },
    isModest() {
      if (process.platform !== "linux") return;
      const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${proxy.pid}/status`, "utf8"))?.[1]);
      most = Math.max(most, Math.round(kilobytes / 1024));
      holds(kilobytes / 1024 < MOST_MB, () => `the proxy has ${Math.round(kilobytes / 1024)} MB of memory`);
      const descriptors = readdirSync(`/proc/${proxy.pid}/fd`).length;
      holds(descriptors < MOST_DESCRIPTORS, () => `the proxy has ${descriptors} descriptors open`);
    },
    mostMegabytes: () => most,
  };
}
