import { listIn, textIn, valueIn } from "./shape.ts";

/**
 * Whether a browser may have left out of an archive what says whose a response is, as Chrome does by default: a response to somebody
 * alone then looks like anybody's.
 */
export function mayBeSanitized(entries: readonly unknown[]): boolean {
  const isChromes = entries.some((entry) => valueIn(entry, "_initiator") !== undefined);
  return (
    isChromes && !entries.some((entry) => saysWhose(valueIn(entry, "request")) || saysWhose(valueIn(entry, "response")))
  );
}

function saysWhose(message: unknown): boolean {
  return listIn(message, "headers").some((field) => LEFT_OUT.has(textIn(field, "name")?.toLowerCase() ?? ""));
}

const LEFT_OUT = new Set(["authorization", "cookie", "set-cookie"]);
