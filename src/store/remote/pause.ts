import { setTimeout as sleep } from "node:timers/promises";
import type { Milliseconds } from "../../http/date.ts";

/** A pause that keeps no process alive. */
export function pause(length: Milliseconds): Promise<void> {
  return sleep(length, undefined, { ref: false });
}
