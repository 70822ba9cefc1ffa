import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import type { Milliseconds } from "../http/date.ts";
import { LogFileUnusable } from "./log-file-unusable.ts";

/** What a log file needs of the world. */
export type LogFileWorld = {
  /** ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  readonly pause: (length: Milliseconds) => Promise<void>;
  /** Told once where the file cannot be written or opened anew, until it can again. */
  readonly report: (error: Error) => void;
};

/** How often, while writing, a look is taken whether the file was rotated, and how long one that fails is left alone. */
const EACH: Milliseconds = 1000;

/** Only appended to, so that several processes can write and truncating it (copytruncate) leaves no hole. A pipe nobody reads is no place to wait. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOCTTY | constants.O_NONBLOCK;
const MODE = 0o640;

/** A file that lines are appended to, and that log rotation may rename, delete or truncate meanwhile. */
export class LogFile implements AsyncDisposable {
  readonly #path: string;
  readonly #world: LogFileWorld;
  #file: FileHandle | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #trouble: "none" | "unwritable" | "astray" = "none";

  constructor(path: string, world: LogFileWorld) {
    this.#path = path;
    this.#world = world;
  }

  /**
   * Opens it, and makes it where it is not there.
   * @throws LogFileUnusable
   */
  async open(): Promise<void> {
    try {
      await this.#current();
    } catch (error) {
      throw new LogFileUnusable(
        `the log file ${this.#path} cannot be opened for appending (${reasonOf(error)}): pass another --log-file, or let this user write there`,
      );
    }
  }

  /** Has the next write take a look at once whether the file was rotated. */
  expire(): void {
    this.#checkedAt = Number.NEGATIVE_INFINITY;
  }

  /** Resolves once the text is written, however long that takes. Whole lines in one go, so that those of other processes don't come between. */
  async write(text: string): Promise<void> {
    const length = Buffer.byteLength(text);
    let written = 0;
    for (;;) {
      try {
        const file = await this.#current();
        // As text, which is a copy less; what is left where the disk is full is written once there is room.
        if (written === 0) written = (await file.write(text)).bytesWritten;
        while (written < length) written += (await file.write(Buffer.from(text), written)).bytesWritten;
        this.#over("unwritable");
        return;
      } catch (error) {
        const message = `the access log cannot be written to ${this.#path}: it is tried again each second`;
        this.#complain("unwritable", message, error);
        this.expire();
        await this.#world.pause(EACH);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
  }

  /** The file at the path: that which is open, or a new one where another one or none is there by now. */
  async #current(): Promise<FileHandle> {
    const open = this.#file;
    const now = this.#world.steady();
    if (open !== undefined && now - this.#checkedAt < EACH) return open;
    this.#checkedAt = now;
    if (open === undefined || !(await isAt(this.#path, open))) return this.#replace(open);
    this.#over("astray");
    return open;
  }

  async #replace(old: FileHandle | undefined): Promise<FileHandle> {
    try {
      this.#file = await open(this.#path, APPEND, MODE);
    } catch (error) {
      if (old === undefined) throw error;
      this.#complain("astray", `the access log goes on in what was ${this.#path}, where no file can be opened`, error);
      return old;
    }
    this.#over("astray");
    await old?.close();
    return this.#file;
  }

  #complain(trouble: "unwritable" | "astray", message: string, cause: unknown): void {
    if (this.#trouble !== trouble) this.#world.report(new Error(message, { cause }));
    this.#trouble = trouble;
  }

  #over(trouble: "unwritable" | "astray"): void {
    if (this.#trouble === trouble) this.#trouble = "none";
  }
}

/** Whether a path still leads to an open file. */
async function isAt(path: string, file: FileHandle): Promise<boolean> {
  try {
    const [there, own] = await Promise.all([stat(path), file.stat()]);
    return there.ino === own.ino && there.dev === own.dev;
  } catch {
    // Nothing is there, or nothing that may be looked at: opening it tells.
    return false;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
