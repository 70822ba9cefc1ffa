import type { WriteStream } from "node:tty";
import { type InspectColor, styleText } from "node:util";
import { type ConsolaInstance, type ConsolaReporter, createConsola, type LogType } from "consola/core";

type Output = Pick<WriteStream, "write"> & { readonly isTTY?: boolean };

/** Whether a person looks at the stream and wants colours: https://no-color.org, and no dumb terminal. */
export function isColoured(stream: Output): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

/** A consola that speaks on one stream: with colours on a terminal, in plain lines elsewhere. */
export function speakOn(stream: Output): ConsolaInstance {
  // Consola's own reporters choose by CI, TEST and CONSOLA_LEVEL, which would hide our start-up lines there.
  return createConsola({ level: 3, throttle: 0, reporters: [isColoured(stream) ? colours(stream) : plain(stream)] });
}

const PLAIN_LABELS: ReadonlyMap<LogType, string> = new Map([
  ["error", "error:"],
  ["warn", "warning:"],
]);
const COLOURED_LABELS: ReadonlyMap<LogType, string> = new Map([
  ["error", paint(["inverse", "bold", "red"], " ERROR ")],
  ["warn", paint(["inverse", "bold", "yellow"], " WARN ")],
  ["success", paint(["green"], "✔")],
]);

/** For errors, warnings and what happens at the end. */
export const stderr = speakOn(process.stderr);

function plain(stream: Output): ConsolaReporter {
  return { log: ({ type, args }) => writeLine(stream, PLAIN_LABELS.get(type), args) };
}

function colours(stream: Output): ConsolaReporter {
  return { log: ({ type, args }) => writeLine(stream, COLOURED_LABELS.get(type), args) };
}

function writeLine(stream: Output, label: string | undefined, args: readonly unknown[]): void {
  stream.write(`${[...(label === undefined ? [] : [label]), ...args].join(" ")}\n`);
}

function paint(format: InspectColor[], text: string): string {
  return styleText(format, text, { validateStream: false });
}
