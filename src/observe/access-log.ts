import { type Colour, jsonLine, prettyLine } from "./access-line.ts";
import { BatchedWriter } from "./batched-writer.ts";
import type { Sink } from "./observing.ts";

/** The access log on standard output. */
export type AccessLog = {
  readonly sink: Sink;
  /** How many lines were dropped because nobody read fast enough. */
  readonly dropped: () => number;
  /** Resolves once every line is written. */
  readonly flush: () => Promise<void>;
};

/**
 * Opens the access log.
 * @param onError told once when standard output cannot be written to any more; logging then ends, serving goes on
 */
export function openAccessLog(
  format: "pretty" | "json" | "off",
  colour: Colour,
  onError: (error: unknown) => void,
): AccessLog {
  if (format === "off") return { sink: () => undefined, dropped: () => 0, flush: async () => undefined };
  let broken = false;
  const stdout = Bun.stdout.writer();
  const writer = new BatchedWriter(
    async (text) => {
      if (broken) return;
      stdout.write(text);
      await stdout.flush();
    },
    (error) => {
      broken = true;
      onError(new Error("The access log cannot be written to standard output any more.", { cause: error }));
    },
  );
  const line = format === "json" ? jsonLine : (record: Parameters<Sink>[0]) => prettyLine(record, colour);
  return {
    sink: (record) => writer.push(line(record)),
    dropped: () => writer.dropped,
    flush: () => writer.flush(),
  };
}

/** Whether standard output is a terminal that wants colours. */
export function ownColour(): Colour {
  // In this order: `process.stdout` takes longer to load than all of the proxy.
  return Bun.enableANSIColors && process.stdout.isTTY ? "colour" : "plain";
}
