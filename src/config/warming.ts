import type { Milliseconds } from "../http/date.ts";
import { type Given, readRequired } from "./given.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";
import { parseDuration } from "./units.ts";

/** How a running proxy is warmed. */
export type WarmingSettings = {
  /** Requests at a time. */
  readonly concurrency: number;
  /** How long nothing may come. */
  readonly timeout: Milliseconds;
  /** The longest pause of the origin's that is waited for. */
  readonly maxWait: Milliseconds;
};

/** As many as Bun's `fetch` has under way at once. */
const MOST_AT_ONCE = 256;

/** Reads the settings from what was given, or says what is wrong with them. */
export function resolveWarming(given: Given): Parsed<WarmingSettings> {
  const concurrency = readRequired(given, "concurrency", parseConcurrency);
  if (!concurrency.ok) return concurrency;
  const timeout = readRequired(given, "timeout", parseTimeout);
  if (!timeout.ok) return timeout;
  const maxWait = readRequired(given, "max-wait", parseDuration);
  if (!maxWait.ok) return maxWait;
  return accept({ concurrency: concurrency.value, timeout: timeout.value, maxWait: maxWait.value });
}

function parseConcurrency(text: string): Parsed<number> {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MOST_AT_ONCE
    ? accept(count)
    : refuse(`is no number of requests: write a whole number from 1 to ${MOST_AT_ONCE}`);
}

function parseTimeout(text: string): Parsed<Milliseconds> {
  const parsed = parseDuration(text);
  return parsed.ok && parsed.value === 0 ? refuse("leaves no time for an answer: write something like 1m") : parsed;
}
