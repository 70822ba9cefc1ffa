import { askedOrigin } from "../caching/apart.ts";
import { isCredential } from "../caching/personal.ts";
import type { StoredResponse } from "../caching/stored.ts";

/** A request that asks for a stored response anew. */
export type Replay = {
  readonly method: "GET" | "HEAD";
  /** The scheme and authority by which it was asked for. */
  readonly publicOrigin: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Credentials that select it and are not among the fields: they are somebody's, and nobody else's to use. */
  readonly withheld: readonly string[];
};

/**
 * What to send for a stored response to come again: the fields that select it, as far as they are no credentials.
 * @param given fields that whoever asks for it adds; they win
 */
export function replayOf(stored: StoredResponse, given: Headers): Replay {
  const fields = new Headers();
  // What it came in although nothing selects it by that.
  const coding = stored.headers.get("content-encoding");
  if (coding !== null) fields.set("accept-encoding", coding);
  const withheld: string[] = [];
  for (const [name, value] of stored.selecting) {
    if (value === null) fields.delete(name);
    else if (!isCredential(name)) fields.set(name, value);
    else if (!given.has(name)) withheld.push(name);
  }
  for (const [name, value] of given) fields.set(name, value);
  const method = stored.method === "HEAD" ? "HEAD" : "GET";
  // Nobody can ask by the name of what lies apart: what is asked for is what lies for all.
  return { method, publicOrigin: askedOrigin(stored.publicOrigin), fields: [...fields], withheld };
}
