import { readFileSync } from "node:fs";
import { defineCommand, runCommand } from "citty";
import { baseOf, resolveTarget, shownTarget, type Target } from "../config/target.ts";
import { warmFlags } from "../config/warm-flags.ts";
import { resolveWarming } from "../config/warming.ts";
import { notOurs, trustOf } from "./admin-client.ts";
import { valuesOf } from "./arguments.ts";
import { catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { listAt, textAt } from "./json-shape.ts";
import { stated } from "./stated.ts";
import { print, stderr } from "./terminal.ts";
import { version } from "./version.ts";
import { answered, wanted } from "./wanted.ts";
import type { Address } from "./warm-address.ts";
import { readFields } from "./warm-fields.ts";
import { Gate, type Pause } from "./warm-gate.ts";
import { Progress } from "./warm-progress.ts";
import { haltText, renderWarming, Tally, warmingJson } from "./warm-report.ts";
import { asking, type Fields, type Visit } from "./warm-request.ts";
import { gather } from "./warm-source.ts";
import { type Manners, persist, warmAll } from "./warming.ts";

/** `caching-proxy warm` */
export const warm = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "warm", description: catalog.warm.summary },
  args: { ...warmFlags, source: { type: "string" } },
  run: async ({ args, rawArgs }) => {
    const { given } = await stated(warmFlags, args);
    const target = wanted(resolveTarget(given));
    const { concurrency, timeout, maxWait } = wanted(resolveWarming(given));
    const { variants, host } = wanted(readFields(valuesOf(rawArgs, "header"), `caching-proxy/${version} (warm)`));
    if (args.source === undefined) throw new Failure(2, `name what to warm: ${catalog.warm.usage}`);

    const stats = (await answered(target, "GET", "stats")).value;
    const origin = originIn(stats, target);
    warnOfWorkers(stats);
    const stop = stoppedBySignal();
    const pause = pausing(stop.signal);
    const gate = new Gate(concurrency, () => performance.now(), pause, stop.signal);
    const ask = asking(baseOf(target), timeout, stop.signal, await trustOf(target));
    const manners: Manners = { ask, gate, pause, stop, mostWait: maxWait, clock: () => Date.now() };
    const { addresses, refused, cut } = await gather(args.source, {
      names: { proxy: shownTarget(target), origin, host, adminPrefix: target.adminPrefix },
      file: contentOf,
      stdin: () => Promise.race([Bun.stdin.bytes(), stopping(stop.signal)]),
      fetch: (visit, open) => persist(manners, visit, open),
      fields: variants[0] ?? {},
    });

    const tally = new Tally(addresses.length * variants.length + refused.length);
    for (const { what, reason } of refused) tally.count(what, { type: "failed", reason }, 0);
    const began = performance.now();
    const halt = await withProgress(tally, gate, () =>
      warmAll(manners, visitsOf(addresses, variants), concurrency, ({ address }, outcome, bytes) =>
        tally.count(address.path, outcome, bytes),
      ),
    );
    const took = performance.now() - began;
    const run = { urls: addresses.length + refused.length, variants: variants.length, took, halt, cut };
    print(() => (args.json === true ? `${JSON.stringify(warmingJson(tally, run))}\n` : renderWarming(tally, run)));
    if (halt !== undefined) throw new Failure(1, `not all were asked for: ${haltText(halt)}`);
    if (tally.failures > 0) throw new Failure(1, `${tally.failures} of ${tally.requests} requests failed`);
  },
});

/**
 * What the running proxy asks.
 * @throws Failure
 */
function originIn(stats: unknown, target: Target): URL {
  const origin = URL.parse(textAt(stats, "origin") ?? "");
  if (origin === null) throw new Failure(1, notOurs(target));
  return origin;
}

function warnOfWorkers(stats: unknown): void {
  const workers = listAt(stats, "workers").length;
  if (workers < 2 || textAt(stats, "store", "name") !== undefined) return;
  stderr.warn(
    `the proxy has ${workers} workers with a cache each: what is asked for is stored by the one that gets the request; a --store would be shared`,
  );
}

/** What Ctrl-C stops, once: a second one ends the process. */
function stoppedBySignal(): AbortController {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  return stop;
}

/** Rejects once all is stopped: nobody waits for standard input then. */
function stopping(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    stop.addEventListener("abort", () => reject(new Failure(1, "stopped before standard input had ended")));
  });
}

/** Pauses that end where all is stopped. */
function pausing(stop: AbortSignal): Pause {
  return (length) =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stop.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, length);
      stop.addEventListener("abort", end);
      if (stop.aborted) end();
    });
}

async function withProgress<T>(tally: Tally, gate: Gate, run: () => Promise<T>): Promise<T> {
  using _ = new Progress(tally, () => gate.remaining);
  return await run();
}

function* visitsOf(addresses: readonly Address[], variants: readonly Fields[]): Iterable<Visit> {
  for (const address of addresses) for (const fields of variants) yield { address, fields };
}

/**
 * What lies in a file; undefined where there is none.
 * @throws Failure for one that cannot be read
 */
function contentOf(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = textAt(error, "code");
    // `/` names a folder here and the start page there.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw new Failure(1, `${path} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}
