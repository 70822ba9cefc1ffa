import { accessSync, constants, statSync } from "node:fs";
import type { Settings } from "../config/settings.ts";
import { examined } from "../fixtures/examine.ts";
import { secretNames } from "../http/secret-names.ts";
import { askAdmin } from "./admin-client.ts";
import { examineLog, examineSystem, examineVariables } from "./checkup-environment.ts";
import { examineOrigins } from "./checkup-origin.ts";
import { examineStore } from "./checkup-store.ts";
import { claimPort } from "./claimed-port.ts";
import { type Finding, reasonOf } from "./finding.ts";
import { textAt } from "./json-shape.ts";
import { explainListenFailure } from "./listen-failure.ts";

/** Looks at all that a proxy with these settings would need. The port is free again and the store closed once it is done. */
export async function checkup(settings: Settings): Promise<readonly Finding[]> {
  const { config, tls, originTls, store, logFile, fixtures } = settings;
  const isAsked = !settings.frozen && !settings.offline;
  const certificates = tls !== undefined || originTls !== undefined;
  return [
    { about: "config", verdict: "fine", what: `${config ?? "flags and environment alone"}, nothing wrong with it` },
    ...examineVariables(process.env),
    examineSystem(),
    await port(settings),
    ...(certificates ? await (await import("./checkup-certificate.ts")).examineTls(settings, Date.now()) : []),
    ...(isAsked ? await examineOrigins(settings) : []),
    ...(store === undefined ? [] : await examineStore(store, settings)),
    ...(logFile === undefined ? [] : [examineLog(logFile)]),
    ...(fixtures === undefined ? [] : [await examineFixtures(settings, fixtures)]),
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
      const todo = "stop that one first, or pass another --port";
      return { about: "port", verdict: "warning", what: `a caching-proxy runs on ${port} already`, todo };
    }
    const [what = "", todo] = (explainListenFailure(error, settings) ?? String(error)).split("; ", 2);
    return { about: "port", verdict: "problem", what, ...(todo !== undefined && { todo }) };
  }
}

async function examineFixtures({ frozen, record, secrets }: Settings, folder: string): Promise<Finding> {
  const about = "fixtures";
  const isThere = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  const isMade = record !== "none" && !frozen;
  if (!isThere) {
    if (isMade)
      return { about, verdict: "warning", what: `there is no folder ${folder}: it is made with the first recording` };
    const what = `there is no folder ${folder}: nothing can be answered from it`;
    return { about, verdict: "problem", what, todo: "record some first, without --frozen, or name another folder" };
  }
  if (isMade) {
    try {
      accessSync(folder, constants.W_OK);
    } catch (error) {
      const what = `nothing can be recorded in ${folder} (${reasonOf(error)})`;
      return { about, verdict: "problem", what, todo: "let this user write there, or pass --record none" };
    }
  }
  const { fixtures: count, findings } = await examined(folder, secretNames(secrets));
  if (findings.length === 0) return { about, verdict: "fine", what: `${count} in ${folder}` };
  const what = `${count} in ${folder}, and something to say about ${findings.length === 1 ? "one" : "some"} of them`;
  return { about, verdict: "warning", what, todo: `see caching-proxy doctor ${folder}` };
}
