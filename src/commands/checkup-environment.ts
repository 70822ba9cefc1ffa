import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { variableOf } from "../config/flag-names.ts";
import { serveFlags } from "../config/flags.ts";
import type { Environment } from "../config/given.ts";
import { nearest } from "../config/nearest.ts";
import { type Finding, reasonOf } from "./finding.ts";

/** Each connection takes one, of clients and to the origin. */
const FEW_FILES = 4096;

/** What the program runs on. */
export function examineSystem(): Finding {
  const form = Bun.isStandaloneExecutable ? "one file" : "from its sources";
  const runs = `${form} on Bun ${Bun.version}, ${process.platform} ${process.arch}; no Node.js is needed`;
  const files = mostFiles();
  if (files === undefined) return { about: "system", verdict: "fine", what: runs };
  const what = `${runs}; ${files} files and sockets at once`;
  if (files >= FEW_FILES) return { about: "system", verdict: "fine", what };
  return { about: "system", verdict: "warning", what, todo: "ulimit -n 65536, or LimitNOFILE=65536 in a systemd unit" };
}

function mostFiles(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    // Another system than Linux does not say.
    return undefined;
  }
}

/** What Kubernetes sets beside a Service named caching-proxy, and what we set ourselves. */
const NOBODYS = /^CACHING_PROXY_(?:SERVICE_|PORT(?:_|$)|URL$|IS_WORKER$|FIXTURE_KEY$)/;

/** Variables that look like settings and are none. */
export function examineVariables(environment: Environment): readonly Finding[] {
  const known = Object.entries(serveFlags).flatMap(([name, flag]) => ("action" in flag ? [] : [name]));
  return Object.keys(environment).flatMap((name): readonly Finding[] => {
    if (!name.startsWith(BEGIN) || known.some((flag) => variableOf(flag) === name) || NOBODYS.test(name)) return [];
    const meant = nearest(name.slice(BEGIN.length).replaceAll("_", "-"), known);
    const todo =
      meant === undefined ? "take it away; caching-proxy --help has all flags" : `did you mean ${variableOf(meant)}?`;
    return [{ about: "variable", verdict: "warning", what: `${name} is no setting, and changes nothing`, todo }];
  });
}

const BEGIN = "CACHING_PROXY_";

/** Whether the log file can be written; it is not made. */
export function examineLog(path: string): Finding {
  try {
    const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
    accessSync(isThere ? path : dirname(resolve(path)), constants.W_OK);
    return { about: "log", verdict: "fine", what: `${path} ${isThere ? "can be written" : "will be made"}` };
  } catch (error) {
    const what = `${path} cannot be written (${reasonOf(error)})`;
    return { about: "log", verdict: "problem", what, todo: "pass another --log-file, or let this user write there" };
  }
}
