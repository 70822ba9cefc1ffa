import { statSync } from "node:fs";
import type { Settings } from "../config/settings.ts";
import { formatDuration } from "../config/units.ts";
import { examined } from "../fixtures/examine.ts";
import { formatHttpDate } from "../http/date.ts";
import { secretNames } from "../http/secret-names.ts";
import { askAdmin } from "./admin-client.ts";
import { claimPort } from "./claimed-port.ts";
import { clockSkew } from "./clock-skew.ts";
import { Failure } from "./failure.ts";
import { textAt } from "./json-shape.ts";
import { explainListenFailure } from "./listen-failure.ts";
import { loadServer } from "./loaded-server.ts";

/** What was looked at, and what was found: nothing against it, something to know, or why a start would fail. */
export type Finding = {
  readonly about: "config" | "port" | "origin" | "clock" | "store" | "fixtures";
  readonly verdict: "fine" | "warning" | "problem";
  readonly what: string;
};

/** The origin is waited for no longer than this, whatever `--timeout` says: a person is waiting. */
const PATIENCE = 5000;

/** Looks at all that a proxy with these settings would need. The port is free again and the store closed once it is done. */
export async function checkup(settings: Settings): Promise<readonly Finding[]> {
  const file = settings.config ?? "flags and environment alone";
  return [
    { about: "config", verdict: "fine", what: `${file}, nothing wrong with it` },
    await port(settings),
    ...(settings.frozen || settings.offline ? [] : await origins(settings)),
    ...(settings.store === undefined ? [] : [await store(settings)]),
    ...(settings.fixtures === undefined ? [] : [await fixtures(settings, settings.fixtures)]),
  ];
}

async function port(settings: Settings): Promise<Finding> {
  try {
    claimPort(settings.port, settings.hosts).release();
    const which = settings.port === 0 ? "any that is free" : `${settings.port} is free`;
    return { about: "port", verdict: "fine", what: `${which}, on ${settings.hosts.join(" and ")}` };
  } catch (error) {
    const { adminPrefix, adminToken, port, tls } = settings;
    const target = { host: settings.hosts[0] ?? "127.0.0.1", port, adminPrefix, adminToken, pinned: tls?.cert };
    const stats = await askAdmin(target, "GET", "stats");
    if (stats.ok && textAt(stats.value, "name") === "caching-proxy") {
      return { about: "port", verdict: "warning", what: `a caching-proxy runs on ${port} already` };
    }
    const what = explainListenFailure(error, settings) ?? String(error);
    return { about: "port", verdict: "problem", what };
  }
}

/** At all its addresses; of one that is for bad times a failure is no reason not to start. */
async function origins(settings: Settings): Promise<readonly Finding[]> {
  const { failover = [] } = settings.origins.find((each) => each.origin.href === settings.origin.href) ?? {};
  const further = failover.map(async (address): Promise<readonly Finding[]> => {
    const [found] = await origin({ ...settings, origin: address });
    return found === undefined ? [] : [found.verdict === "problem" ? { ...found, verdict: "warning" } : found];
  });
  return (await Promise.all([origin(settings), ...further])).flat();
}

async function origin({ origin, timeout, insecure }: Settings): Promise<readonly Finding[]> {
  const patience = Math.min(timeout, PATIENCE);
  const asked = Date.now();
  try {
    const response = await fetch(origin, {
      redirect: "manual",
      proxy: false,
      signal: AbortSignal.timeout(patience),
      ...(insecure ? { tls: { rejectUnauthorized: false } } : {}),
    });
    const came = Date.now();
    await response.body?.cancel();
    const what = `${origin.href} answers with ${response.status} after ${came - asked} ms`;
    const verdict = response.status >= 500 ? "warning" : "fine";
    return [{ about: "origin", verdict, what }, clock(response.headers.get("date"), asked, came)];
  } catch (error) {
    const late = error instanceof DOMException && error.name === "TimeoutError";
    const why = late ? `does not answer within ${formatDuration(patience)}` : `cannot be reached: ${reasonOf(error)}`;
    return [{ about: "origin", verdict: "problem", what: `${origin.href} ${why}` }];
  }
}

function reasonOf(error: unknown): string {
  return textAt(error, "code") ?? (error instanceof Error ? error.message : String(error));
}

function clock(date: string | null, asked: number, came: number): Finding {
  const skew = clockSkew(date, asked, came);
  switch (skew.type) {
    case "unstated":
      return { about: "clock", verdict: "warning", what: "the origin sends no Date: what it sends counts as new" };
    case "agrees":
      return { about: "clock", verdict: "fine", what: "the origin's goes with ours" };
    case "differs": {
      const how = `${formatDuration(Math.round(Math.abs(skew.by) / 1000) * 1000)} ${skew.by > 0 ? "ahead of" : "behind"} ours`;
      const then = skew.by > 0 ? "what it sends may be fresh for longer" : "what it sends counts as that old";
      return { about: "clock", verdict: "warning", what: `the origin's is ${how} (${formatHttpDate(came)}): ${then}` };
    }
  }
}

/** Opens it as a start does, which makes one on disk where there is none. */
async function store(settings: Settings): Promise<Finding> {
  const alone = { port: 0, hosts: ["127.0.0.1"], workers: 1, log: "off", logFile: undefined, tls: undefined } as const;
  const without = {
    fixtures: undefined,
    frozen: false,
    record: "none",
    scenario: undefined,
    collapse: "local",
  } as const;
  const type = settings.store?.type ?? "none";
  try {
    const startServer = await loadServer();
    const server = await startServer({ ...settings, ...alone, ...without });
    const { adminPrefix, adminToken } = settings;
    const target = { host: "127.0.0.1", port: server.port, adminPrefix, adminToken, pinned: undefined };
    const stats = await askAdmin(target, "GET", "stats");
    await server.stop(0);
    if (stats.ok && textAt(stats.value, "store", "state") === "working") {
      return { about: "store", verdict: "fine", what: `${type} can be used` };
    }
    return { about: "store", verdict: "warning", what: `${type} does not answer: until it does, all is a miss in it` };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { about: "store", verdict: "problem", what: error.message };
  }
}

async function fixtures({ frozen, record, secrets }: Settings, folder: string): Promise<Finding> {
  const isThere = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isThere) {
    const made = record !== "none" && !frozen;
    const then = made ? "it is made with the first recording" : "nothing can be answered from it";
    return { about: "fixtures", verdict: made ? "warning" : "problem", what: `there is no folder ${folder}: ${then}` };
  }
  const { fixtures: count, findings } = await examined(folder, secretNames(secrets));
  if (findings.length === 0) return { about: "fixtures", verdict: "fine", what: `${count} in ${folder}` };
  const what = `${count} in ${folder}, and something to say about them: caching-proxy doctor ${folder}`;
  return { about: "fixtures", verdict: "warning", what };
}
