import { readFileSync } from "node:fs";
import type { Target } from "../config/target.ts";
import { askAdmin } from "./admin-client.ts";
import { entryOrEntries } from "./counts.ts";
import { numberAt, valueAt } from "./json-shape.ts";
import { renderStats } from "./stats-report.ts";

/** What is said of the keys as they begin to count. */
export const KEYS_LINE = "  keys        c clear, s stats, o offline, d open the page, q quit, h help";

const ALL_KEYS = `  c  clear the cache
  s  show statistics
  o  go offline, where the origin is not asked, or online again
  d  open the live page
  q  quit: what is in flight is finished, and a second q ends at once
  h  show this`;

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
  // One after the other: the second of two says what came of the first.
  let last = Promise.resolve();
  const pressed = (bytes: Buffer): void => {
    for (const key of bytes.toString("latin1")) {
      if (!signalled(key)) last = last.then(() => press(key, target, page, tell));
    }
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
      return switchOffline(target, tell);
    case "d":
      tell.log(page);
      open(page, tell);
      return;
    case "h":
    case "?":
      tell.log(ALL_KEYS);
      return;
  }
}

/** Does what waits for nothing; false where a key is none of that. */
function signalled(key: string): boolean {
  switch (key) {
    case "q":
    case "\x03":
      process.kill(process.pid, "SIGINT");
      return true;
    case "\x1a":
      stopUntilContinued();
      return true;
    default:
      return false;
  }
}

async function switchOffline(target: Target, tell: Telling): Promise<void> {
  const before = await askAdmin(target, "GET", "offline");
  const offline = before.ok ? valueAt(before.value, "offline") !== true : false;
  const answer = before.ok ? await askAdmin(target, "PUT", "offline", { offline }) : before;
  if (!answer.ok) return tell.warn(answer.message);
  tell.log(
    offline
      ? "offline: what is stored answers, stale too, or else a 504; o asks the origin again"
      : "online: the origin is asked again",
  );
  if (valueAt(answer.value, "complete") === false) tell.warn("a worker has not confirmed that yet");
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
