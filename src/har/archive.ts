import { valueIn } from "./shape.ts";

/** What is no HTTP Archive; the message says why, without a full stop. */
export class HarFault extends Error {
  override readonly name = "HarFault";
}

/**
 * The entries of an HTTP Archive, each as it stands there.
 * @throws HarFault
 */
export function entriesIn(text: string): readonly unknown[] {
  const entries = valueIn(valueIn(parsed(text), "log"), "entries");
  if (!Array.isArray(entries)) throw new HarFault("it has no log.entries, the list of what was asked for");
  return entries;
}

function parsed(text: string): unknown {
  try {
    // Some programs begin their files with a byte order mark.
    return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch (error) {
    throw new HarFault(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
