import { LOAD, outputOn } from "./cores.ts";
import { tool } from "./tools.ts";

/** What to ask for. */
export type Load = {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A file of bench/harness that makes the requests, instead of one GET again and again. */
  readonly script: string | undefined;
  /** What the script is told. */
  readonly words?: readonly string[];
};

/** What came of it. */
export type Measured = {
  readonly perSecond: number;
  readonly megabytesPerSecond: number;
  /** The 99th percentile of the time to an answer, in ms. */
  readonly p99: number;
};

/**
 * Puts load on a server with wrk, from a core of its own.
 * @throws Error where any answer was an error: a figure of errors is none
 */
export async function load({ url, seconds, connections, headers, script, words = [] }: Load): Promise<Measured> {
  const fields = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const scripted = script === undefined ? [] : ["-s", new URL(script, import.meta.url).pathname];
  const options = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", ...fields, ...scripted];
  const text = await outputOn(LOAD, [await tool("wrk"), ...options, url, "--", ...words]);
  const errors = /Non-2xx or 3xx responses: \d+|Socket errors: .*/.exec(text)?.[0];
  if (errors !== undefined && !/connect 0, read 0, write 0, timeout 0/.test(errors)) {
    throw new Error(`${url} gave errors: ${errors}`);
  }
  return {
    perSecond: number(text, /Requests\/sec:\s+([\d.]+)/),
    megabytesPerSecond: inUnits(text, /Transfer\/sec:\s+([\d.]+)([KMG]?B)/, { B: 1e-6, KB: 1e-3, MB: 1, GB: 1e3 }),
    p99: inUnits(text, /99%\s+([\d.]+)(us|ms|s)/, { us: 1e-3, ms: 1, s: 1e3 }),
  };
}

function number(text: string, pattern: RegExp): number {
  const match = pattern.exec(text)?.[1];
  if (match === undefined) throw new Error(`wrk printed no figure for ${pattern}:\n${text}`);
  return Number(match);
}

function inUnits(text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number {
  const match = pattern.exec(text);
  return number(text, pattern) * (units[match?.[2] ?? ""] ?? Number.NaN);
}

/** HEAD requests a second, from the same core, by a client of ours. */
export async function loadOfHeads({ url, seconds, connections, headers }: Omit<Load, "script">): Promise<number> {
  const client = new URL("heads.ts", import.meta.url).pathname;
  const options = [url, String(connections), String(seconds), JSON.stringify(headers)];
  return Number(await outputOn(LOAD, [process.execPath, "--no-env-file", client, ...options]));
}
