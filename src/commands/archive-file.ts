import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { Failure } from "./failure.ts";
import { StandardOutput } from "./terminal.ts";

type To = { readonly file: FileHandle; readonly part: string; readonly path: string } | StandardOutput;

/** Where an archive is written: a file that has its name once it is complete, for its owner alone, or standard output. */
export class ArchiveFile implements AsyncDisposable {
  readonly #to: To;
  #isFinished = false;

  private constructor(to: To) {
    this.#to = to;
  }

  /** @throws Failure where the file cannot be written */
  static async open(path: string | undefined): Promise<ArchiveFile> {
    if (path === undefined || path === "-") return new ArchiveFile(new StandardOutput());
    const part = `${path}.${process.pid}.part`;
    try {
      return new ArchiveFile({ file: await open(part, "wx", 0o600), part, path });
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /**
   * Resolves to false where nobody reads it any more.
   * @throws Failure
   */
  async write(piece: string | Uint8Array): Promise<boolean> {
    if (this.#to instanceof StandardOutput) return this.#to.write(piece);
    try {
      await this.#to.file.appendFile(piece);
      return true;
    } catch (error) {
      throw unwritable(this.#to.path, error);
    }
  }

  /** All is written. @throws Failure */
  async finish(): Promise<void> {
    this.#isFinished = true;
    if (this.#to instanceof StandardOutput) return;
    const { file, part, path } = this.#to;
    await file.close();
    try {
      await rename(part, path);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** What is not complete goes. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isFinished || this.#to instanceof StandardOutput) return;
    await this.#to.file.close();
    await rm(this.#to.part, { force: true });
  }
}

function unwritable(path: string, error: unknown): Failure {
  return new Failure(1, `${path} cannot be written (${error instanceof Error ? error.message : String(error)})`);
}
