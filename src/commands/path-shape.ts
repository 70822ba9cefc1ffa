import type { PathTotal } from "../observe/path-totals.ts";
import { exchangeIn } from "./exchange-shape.ts";
import { numberAt, textAt } from "./json-shape.ts";

/** Reads what exchanges of one path add up to, of which JSON came from a proxy; undefined for what is none. */
export function pathTotalIn(value: unknown): PathTotal | undefined {
  const [method, path] = [textAt(value, "method"), textAt(value, "path")];
  if (method === undefined || path === undefined) return undefined;
  const count = (name: string): number => numberAt(value, name) ?? 0;
  return {
    ...{ method, path, requests: count("requests"), misses: count("misses"), errors: count("errors") },
    ...{ bytes: count("bytes"), totalMs: count("totalMs"), maxMs: count("maxMs") },
  };
}

/** The same of one exchange. */
export function exchangeAsPathTotal(value: unknown): PathTotal | undefined {
  const exchange = exchangeIn(value);
  if (exchange === undefined) return undefined;
  const { method, path, outcome, bytes = 0, durationMs } = exchange;
  return {
    ...{ method, path: path.split("?", 1)[0] ?? path, requests: 1, bytes, totalMs: durationMs, maxMs: durationMs },
    ...{ misses: outcome === "miss" ? 1 : 0, errors: outcome === "error" ? 1 : 0 },
  };
}
