import type { Milliseconds } from "../http/date.ts";
import type { Mask } from "../http/masked.ts";
import { combinedLines, commonLines } from "./access-common.ts";
import { jsonLines } from "./access-json.ts";
import { type Colour, prettyLines } from "./access-pretty.ts";
import { BatchedWriter, type Write } from "./batched-writer.ts";
import type { Sink } from "./observing.ts";

/** How the access log is written: for a person, for a program, as Apache does, or not at all. */
export type LogFormat = "pretty" | "json" | "common" | "combined" | "off";

/** The access log. */
export type AccessLog = {
  readonly sink: Sink;
  /** How many lines were dropped because nobody took them fast enough. */
  readonly dropped: () => number;
  /** Resolves once every line is written. */
  readonly flush: () => Promise<void>;
  /** Goes on in the file that is at the path of the log file by now; nothing where there is none. */
  readonly reopen: () => void;
};

/** What is logged, where to, and by whom. */
export type LogOptions = {
  readonly format: LogFormat;
  /** The path of the log file; undefined for standard output. */
  readonly file: string | undefined;
  readonly colour: Colour;
  /** What URLs lose before they are written. */
  readonly mask: Mask;
  /** 0 where the process is alone. */
  readonly worker: number;
  /** Whether a log file that cannot be opened ends the start, or is tried again each second while serving. */
  readonly start: "first" | "again";
};

/**
 * Opens the access log.
 * @param onError told of what could not be written
 * @throws LogFileUnusable
 */
export async function openAccessLog(options: LogOptions, onError: (error: unknown) => void): Promise<AccessLog> {
  const { format, worker, mask } = options;
  if (format === "off") return SILENT;
  const { write, expire, colour } = await targetOf(options, onError);
  const writer = new BatchedWriter(write, onError);
  const line = linesOf(format, worker, colour, mask);
  return {
    sink: (record) => writer.push(line(record)),
    dropped: () => writer.dropped,
    flush: () => writer.flush(),
    reopen() {
      expire();
      // Nothing is a batch as well: no line has to come before the file that was rotated is let go of.
      writer.push("");
      writer.flush().catch(onError);
    },
  };
}

const SILENT: AccessLog = {
  sink: () => undefined,
  dropped: () => 0,
  flush: async () => undefined,
  reopen: () => undefined,
};

function linesOf(
  format: Exclude<LogFormat, "off">,
  worker: number,
  colour: Colour,
  mask: Mask,
): (record: Parameters<Sink>[0]) => string {
  switch (format) {
    case "pretty":
      return prettyLines(colour, mask);
    case "json":
      return jsonLines(worker, mask);
    case "common":
      return commonLines(mask);
    case "combined":
      return combinedLines(mask);
  }
}

/** Where the lines go. */
type Target = { readonly write: Write; readonly expire: () => void; readonly colour: Colour };

async function targetOf({ file: path, colour, start }: LogOptions, report: (error: unknown) => void): Promise<Target> {
  if (path === undefined) return { write: standardOutput(), expire: () => undefined, colour };
  const { LogFile } = await import("./access-file.ts");
  const file = new LogFile(path, { steady: () => performance.now(), pause, report });
  if (start === "first") await file.open();
  return { write: (text) => file.write(text), expire: () => file.expire(), colour: "plain" };
}

/** Standard output, until it breaks: that is said once, and serving goes on without a log. */
function standardOutput(): Write {
  let broken = false;
  const stdout = Bun.stdout.writer();
  return async (text) => {
    if (broken) return;
    try {
      stdout.write(text);
      await stdout.flush();
    } catch (error) {
      broken = true;
      throw new Error("the access log cannot be written to standard output any more", { cause: error });
    }
  };
}

/** Keeps no process that has nothing else to do. */
function pause(length: Milliseconds): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, length).unref();
  return promise;
}

/** Whether standard output is a terminal that wants colours. */
export function ownColour(): Colour {
  // In this order: `process.stdout` takes longer to load than all of the proxy.
  return Bun.enableANSIColors && process.stdout.isTTY ? "colour" : "plain";
}
