import { draw } from "./terminal.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";

/** A terminal's other screen, on which one picture takes another's place. However the process ends, what was there before is there again. */
export class Screen implements Disposable {
  readonly #restore = (): void => draw(1, LEAVE);
  readonly #again: () => void;
  readonly #key: (bytes: Buffer) => void;

  /**
   * @param again called where the picture has to be drawn anew: the terminal has another size
   * @param pressed called for each key, Ctrl-C too
   */
  constructor(again: () => void, pressed: (key: string) => void) {
    this.#again = again;
    this.#key = (bytes) => pressed(bytes.toString("latin1"));
    draw(1, ENTER);
    process.on("exit", this.#restore);
    // Later than SIGWINCH: by then the size is the new one.
    process.stdout.on("resize", this.#again);
    if (process.stdin.isTTY) {
      process.stdin.setRawMode(true);
      process.stdin.on("data", this.#key);
    }
  }

  /** How many columns and rows there are. */
  get size(): { readonly columns: number; readonly rows: number } {
    const [columns, rows] = process.stdout.getWindowSize();
    // What does not know its size has the usual one.
    return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 };
  }

  /** In place and in one write, so that nothing flickers. */
  show(lines: readonly string[]): void {
    draw(1, `\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`);
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#restore);
    process.stdout.off("resize", this.#again);
    if (process.stdin.isTTY) {
      process.stdin.off("data", this.#key);
      process.stdin.setRawMode(false);
      process.stdin.unref();
    }
    this.#restore();
  }
}
