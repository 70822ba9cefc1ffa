import { fstatSync, statSync, writeSync } from "node:fs";
import { type InspectColor, styleText } from "node:util";
import { type ConsolaInstance, type ConsolaReporter, createConsola, type LogType } from "consola/core";

/** Standard output or standard error, by its descriptor: `process.stdout` takes longer to load than all of the proxy. */
type Output = 1 | 2;

/** Whether a person looks at it, or types into it (0). */
export function isTerminal(end: 0 | Output): boolean {
  const to = fstatSync(end);
  // node:tty takes its time to load as well, which whoever writes to a pipe, a file or nowhere is spared.
  if (!to.isCharacterDevice() || to.rdev === statSync("/dev/null", { throwIfNoEntry: false })?.rdev) return false;
  return process.getBuiltinModule("node:tty").isatty(end);
}

/** Prints on standard output, with colours where a person who wants them looks at it: https://no-color.org, and no dumb terminal. */
export function print(render: (coloured: boolean) => string): void {
  const text = render(isColoured(1));
  try {
    writeSync(1, text);
  } catch (error) {
    // Whoever has closed the other end has read what he wanted.
    if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
  }
}

/** How many columns the terminal has, or 80 where it does not say. */
export function columnsOf(output: Output): number {
  const { columns } = output === 1 ? process.stdout : process.stderr;
  return columns > 0 ? columns : 80;
}

/** Writes to a terminal as it is; one that is gone is nobody's loss. */
export function draw(output: Output, text: string): void {
  try {
    writeSync(output, text);
  } catch {
    // There is nobody left who could look.
    return;
  }
}

/** Standard output for what goes on and on, at the pace at which it is read. */
export class StandardOutput {
  readonly #writer = Bun.stdout.writer();

  /** Resolves to false where nobody reads it any more. */
  async write(text: string | Uint8Array): Promise<boolean> {
    try {
      // What is long is written at once, and may fail before it is flushed.
      await this.#writer.write(text);
      await this.#writer.flush();
      return true;
    } catch (error) {
      // Whoever has closed the other end has read what he wanted.
      if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
      return false;
    }
  }
}

/** A consola that speaks on standard output or standard error: with colours on a terminal, in plain lines elsewhere. */
export function speakOn(output: Output): ConsolaInstance {
  // Consola's own reporters choose by CI, TEST and CONSOLA_LEVEL, which would hide our start-up lines there.
  return createConsola({ level: 3, throttle: 0, reporters: [isColoured(output) ? colours(output) : plain(output)] });
}

const PLAIN_LABELS: ReadonlyMap<LogType, string> = new Map([
  ["error", "error:"],
  ["warn", "warning:"],
]);

/** For errors, warnings and what happens at the end. */
export const stderr = speakOn(2);

export function isColoured(output: Output): boolean {
  return !process.env.NO_COLOR && process.env.TERM !== "dumb" && isTerminal(output);
}

function plain(output: Output): ConsolaReporter {
  return { log: ({ type, args }) => writeLine(output, PLAIN_LABELS.get(type), args) };
}

function colours(output: Output): ConsolaReporter {
  const labels: ReadonlyMap<LogType, string> = new Map([
    ["error", paint(["inverse", "bold", "red"], " ERROR ")],
    ["warn", paint(["inverse", "bold", "yellow"], " WARN ")],
    ["success", paint(["green"], "✔")],
  ]);
  return { log: ({ type, args }) => writeLine(output, labels.get(type), args) };
}

function writeLine(output: Output, label: string | undefined, args: readonly unknown[]): void {
  const line = [...(label === undefined ? [] : [label]), ...args].join(" ");
  try {
    writeSync(output, `${line}\n`);
  } catch {
    // There is nobody left who could be told; serving goes on.
    return;
  }
}

function paint(format: InspectColor[], text: string): string {
  return styleText(format, text, { validateStream: false });
}
