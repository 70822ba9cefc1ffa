import { accept, type Parsed, refuse } from "./parsed.ts";
import type { Settings } from "./settings.ts";

/** More than any machine has use for; each is a process. */
const MOST_WORKERS = 256;

/**
 * Reads how many workers there are to be: a whole number, or `auto`.
 * @param cores what `auto` means
 */
export function parseWorkers(text: string, cores: number): Parsed<number> {
  if (text.toLowerCase() === "auto") return accept(Math.min(cores, MOST_WORKERS));
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MOST_WORKERS
    ? accept(count)
    : refuse(`is no number of workers: write a whole number from 1 to ${MOST_WORKERS}, or auto for one on each core`);
}

/**
 * What one of several workers is told: its part of the memory and of the requests to an origin.
 * @param number the worker's, from 1: the first ones get what does not come out even
 */
export function shareOf(settings: Settings, number: number): Settings {
  const { workers, maxOriginConnections } = settings;
  const maxSize = Math.floor(settings.maxSize / workers);
  return {
    ...settings,
    maxSize,
    maxEntrySize: Math.min(settings.maxEntrySize, maxSize),
    maxOriginConnections: maxOriginConnections && Math.floor((maxOriginConnections + workers - number) / workers),
  };
}
