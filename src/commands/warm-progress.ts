import { formatCount } from "./counts.ts";
import { columnsOf, draw, isColoured, isTerminal } from "./terminal.ts";
import type { Tally } from "./warm-report.ts";

const REDRAWN_EVERY_MS = 100;
const WIDEST_BAR = 30;

/** A line on standard error that shows how far warming is, for as long as a person looks at it; nothing elsewhere. */
export class Progress implements Disposable {
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #drawn = "";

  /** @param remaining how long a pause still takes, in ms */
  constructor(tally: Tally, remaining: () => number) {
    if (!isTerminal(2) || process.env.TERM === "dumb") return;
    const coloured = isColoured(2);
    this.#timer = setInterval(
      () => this.#show(progressLine(tally, remaining(), columnsOf(2), coloured)),
      REDRAWN_EVERY_MS,
    );
  }

  /** Takes the line away again. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#drawn !== "") draw(2, "\r\u001b[K");
  }

  // In place and in one write, and only where it changed: nothing flickers.
  #show(line: string): void {
    if (line === this.#drawn) return;
    draw(2, `\r${line}\u001b[K`);
    this.#drawn = line;
  }
}

/**
 * The line as it is drawn, one column less than the terminal is wide, so that it never breaks.
 * @param remaining how long a pause still takes, in ms
 */
export function progressLine(tally: Tally, remaining: number, columns: number, coloured: boolean): string {
  const { settled, requests, failures } = tally;
  const done = requests === 0 ? 1 : settled / requests;
  const text = [
    `${formatCount(settled)} of ${formatCount(requests)}`,
    `${Math.floor(done * 100)} %`,
    ...(failures === 0 ? [] : [`${formatCount(failures)} failed`]),
    ...(remaining === 0 ? [] : [`paused for ${Math.ceil(remaining / 1000)} s`]),
  ].join(", ");
  const room = Math.min(WIDEST_BAR, columns - 2 - text.length);
  if (room < 4) return text.slice(0, Math.max(0, columns - 1));
  const filled = Math.floor(done * room);
  const bar = `${"█".repeat(filled)}${"░".repeat(room - filled)}`;
  return `${coloured ? `\u001b[32m${bar}\u001b[39m` : bar} ${text}`;
}
