import { type Given, named, read } from "./given.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/** More than the ports of one address allow. */
const MOST = 65_535;

/**
 * How many requests may be under way to an origin at once; undefined for no bound.
 * @param workers among whom they are shared out
 */
export function resolveOriginConnections(given: Given, workers: number): Parsed<number | undefined> {
  const most = read(given, "max-origin-connections", parseOriginConnections);
  const said = given.get("max-origin-connections");
  if (!most.ok || said === undefined || most.value === undefined || most.value >= workers) return most;
  return refuse(`${named(said)} is not one for each of ${workers} workers`);
}

function parseOriginConnections(text: string): Parsed<number> {
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MOST
    ? accept(count)
    : refuse(`is no number of requests: write a whole number from 1 to ${MOST}, or leave it out for no bound`);
}
