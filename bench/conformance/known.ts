/** The committed list of known failures: per generation of the suite, test id → reason. */

import { join } from "node:path";
import { Fixable, type Generation, isRecord } from "./suite.ts";
import type { Known } from "./verdict.ts";

/** Where the list is kept. */
export const knownFile = join(import.meta.dir, "known-failures.json");

export type KnownLists = Readonly<Record<Generation, Known>>;

/** Reads the list and checks its shape. */
export async function readKnown(): Promise<KnownLists> {
  const content: unknown = await Bun.file(knownFile).json();
  if (!isRecord(content)) throw new Fixable(`${knownFile} is not a JSON object.`);
  return { "npm-0.4.5": reasons(content, "npm-0.4.5"), current: reasons(content, "current") };
}

function reasons(content: Readonly<Record<string, unknown>>, generation: Generation): Known {
  const list = content[generation] ?? {};
  if (!isRecord(list)) throw new Fixable(`${knownFile}: "${generation}" is not an object of test ids and reasons.`);
  return Object.fromEntries(
    Object.entries(list).map(([id, reason]) => {
      if (typeof reason !== "string") throw new Fixable(`${knownFile}: the reason for ${id} is not a text.`);
      return [id, reason];
    }),
  );
}

/** Writes the list back with one generation's part replaced. */
export async function writeKnown(lists: KnownLists, generation: Generation, known: Known): Promise<void> {
  await Bun.write(knownFile, `${JSON.stringify({ ...lists, [generation]: known }, null, 2)}\n`);
}
