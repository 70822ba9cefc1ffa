import { readFileSync } from "node:fs";
import type { Target } from "../config/target.ts";
import { askAdmin } from "./admin-client.ts";
import { entryOrEntries } from "./counts.ts";
import { numberAt } from "./json-shape.ts";
import { renderStats } from "./stats-report.ts";

/** What is said of the keys as they begin to count. */
export const KEYS_LINE = "  keys        c clear, s stats, o open the page, q quit";

/** Where keys are answered to. */
export type Telling = { readonly log: (text: string) => void; readonly warn: (text: string) => void };

/**
 * Whether this process may read what is typed: one in the background would be stopped by the system for it. Where the system does not
 * say who is in front, nobody reads.
 */
export function isInFront(): boolean {
  try {
    // Behind the name in parentheses: state, parent, group, session, terminal, and the group that is in front of that.
    const [, , group, , , front] = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return group !== undefined && group === front;
  } catch {
    // No such file: another system than Linux.
    return false;
  }
}

/** Does what keys ask of the proxy until it is disposed of; Ctrl-C is a signal as ever. */
export function listenForKeys(target: Target, page: string, tell: Telling): Disposable {
  const pressed = (bytes: Buffer): void => {
    for (const key of bytes.toString("latin1")) press(key, target, page, tell);
  };
  const restore = (): void => void process.stdin.setRawMode(false);
  process.stdin.setRawMode(true);
  process.stdin.on("data", pressed);
  process.on("exit", restore);
  return {
    [Symbol.dispose]() {
      process.stdin.off("data", pressed);
      process.off("exit", restore);
      restore();
      process.stdin.unref();
    },
  };
}

async function press(key: string, target: Target, page: string, tell: Telling): Promise<void> {
  switch (key) {
    case "c": {
      const answer = await askAdmin(target, "POST", "clear-cache");
      const count = answer.ok ? (numberAt(answer.value, "cleared") ?? 0) : 0;
      if (answer.ok) tell.log(`cleared ${count} ${entryOrEntries(count)}`);
      else tell.warn(answer.message);
      return;
    }
    case "s": {
      const answer = await askAdmin(target, "GET", "stats");
      if (answer.ok) tell.log(renderStats(answer.value).trimEnd());
      else tell.warn(answer.message);
      return;
    }
    case "o":
      tell.log(page);
      open(page, tell);
      return;
    case "q":
    case "\x03":
      process.kill(process.pid, "SIGINT");
      return;
    case "\x1a":
      stopUntilContinued();
      return;
  }
}

/** As the terminal does by itself where nobody reads keys: Ctrl-Z. */
function stopUntilContinued(): void {
  process.stdin.setRawMode(false);
  process.once("SIGCONT", () => {
    if (isInFront()) process.stdin.setRawMode(true);
  });
  process.kill(process.pid, "SIGTSTP");
}

function open(url: string, tell: Telling): void {
  try {
    Bun.spawn(["xdg-open", url], { stdio: ["ignore", "ignore", "ignore"] }).unref();
  } catch {
    tell.warn("there is no xdg-open on this machine: open it yourself");
  }
}
