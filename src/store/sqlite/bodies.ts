import { statSync } from "node:fs";
import { type FileHandle, link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Instant, Milliseconds } from "../../http/date.ts";
import type { BodySeal } from "../head-shape.ts";
import { sealOf } from "../portable.ts";

/** What each file begins with, so that no body does: what lies there Bun cuts by its own reading of Range. */
const LABEL = Buffer.from("caching-proxy body\n");
const PIECE = 1024 * 1024;
/** How long a file stays that nothing refers to any more: somebody may be about to open it. Who has it open reads on. */
const PARTING: Milliseconds = 30_000;
/** A file that nothing refers to and that is younger may be on its way into a row. */
const YOUNG: Milliseconds = 120_000;
/** Bodies of which it is remembered that they are what they were. */
const REMEMBERED = 100_000;

/** Bodies as files in a folder: complete once they have their names, never changed after. */
export class Bodies {
  readonly folder: string;
  readonly #tell: (message: string, cause: unknown) => void;
  readonly #verified = new Map<string, Promise<boolean>>();
  readonly #seals = new WeakMap<Blob, BodySeal>();

  /** @param tell told of files that cannot be removed */
  constructor(folder: string, tell: (message: string, cause: unknown) => void) {
    this.folder = folder;
    this.#tell = tell;
  }

  /** The seal of a body; of one that lies here it is known. */
  async sealOf(body: Blob): Promise<BodySeal> {
    return this.#seals.get(body) ?? (await sealOf(body));
  }

  /** Writes a body, a piece at a time; the name of its file. */
  async write(body: Blob): Promise<string> {
    const name = newName();
    const path = this.#path(name);
    const temporary = `${path}.new`;
    try {
      const file = await opened(temporary, join(this.folder, shelf(name)));
      try {
        await write(file, LABEL);
        for (let at = 0; at < body.size; at += PIECE) await write(file, await body.slice(at, at + PIECE).bytes());
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return name;
  }

  /** Gives the body of a file a second name, so that each can go without the other; undefined where that is not possible. */
  async again(name: string): Promise<string | undefined> {
    const other = newName();
    try {
      await mkdir(join(this.folder, shelf(other)), { recursive: true });
      await link(this.#path(name), this.#path(other));
      const verified = this.#verified.get(name);
      if (verified !== undefined) this.#verified.set(other, verified);
      return other;
    } catch {
      // Gone meanwhile, or a file system without links: it is written once more.
      return undefined;
    }
  }

  /** The body in a file, read when it is asked for; undefined where it is not there whole, or not what it was. */
  async read(name: string, seal: BodySeal): Promise<Blob | undefined> {
    const path = this.#path(name);
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size !== LABEL.length + seal.size) return undefined;
    const body = this.unread(name, seal.size);
    if (!(await this.#verify(name, body, seal))) return undefined;
    this.#seals.set(body, seal);
    return body;
  }

  /** The same, and whoever reads it finds out. */
  unread(name: string, size: number): Blob {
    const body = Bun.file(this.#path(name)).slice(LABEL.length, LABEL.length + size);
    // Bun tells clients by Content-Disposition what the file is called, in what its path ends with: here with nothing.
    Reflect.set(body, "name", "/");
    return body;
  }

  /** Files that nothing refers to any more: they go a little later. */
  drop(names: readonly string[]): void {
    if (names.length > 0) setTimeout(() => void this.remove(names), PARTING).unref();
  }

  /** Files that nobody has ever heard of. */
  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#remove(this.#path(name));
  }

  /**
   * Removes what a process left behind that ended before it could.
   * @param isKnown whether a row has the file
   */
  async sweep(isKnown: (name: string) => boolean, now: Instant): Promise<void> {
    try {
      for (const shelf of await readdir(this.folder, { withFileTypes: true })) {
        // A link may lead to what is not ours.
        if (!shelf.isDirectory()) continue;
        for (const name of await readdir(join(this.folder, shelf.name))) {
          if (!LEFT.test(name)) continue;
          const path = join(this.folder, shelf.name, name);
          // Another process may be doing the same.
          const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
          if (now - since > YOUNG && !isKnown(name)) await this.#remove(path);
        }
      }
    } catch (error) {
      this.#tell(`what lies in ${this.folder} could not be looked through`, error);
    }
  }

  /** Once for each file in a process; whoever asks meanwhile waits for the same. */
  #verify(name: string, body: Blob, seal: BodySeal): Promise<boolean> {
    const known = this.#verified.get(name);
    if (known !== undefined) return known;
    if (this.#verified.size >= REMEMBERED) this.#verified.clear();
    const verified = sealOf(body).then(
      ({ hash }) => hash === seal.hash,
      () => false,
    );
    this.#verified.set(name, verified);
    return verified;
  }

  async #remove(path: string): Promise<void> {
    try {
      await rm(path, { force: true });
    } catch (error) {
      this.#tell(`a file in ${this.folder} that is of no use could not be removed`, error);
    }
  }

  /** Where a row names what is no name of ours, as one that was tampered with may, nothing lies: no other file is read, linked or removed. */
  #path(name: string): string {
    return NAME.test(name) ? join(this.folder, shelf(name), name) : join(this.folder, "none", "none");
  }
}

/** A disk that becomes full takes a part without a word. */
async function write(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const { bytesWritten } = await file.write(bytes);
  if (bytesWritten < bytes.length) throw new Error("the disk is full");
}

/** The names that files here have, and those of files on their way. */
const NAME = /^[0-9a-f]{32}$/;
const LEFT = /^[0-9a-f]{32}(?:\.new)?$/;

function newName(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** A folder with very many files is slow on some systems. */
function shelf(name: string): string {
  return name.slice(0, 2);
}

/** A new file, with its folder where that is new too. */
async function opened(path: string, folder: string): Promise<FileHandle> {
  try {
    return await open(path, "wx");
  } catch {
    await mkdir(folder, { recursive: true });
    return open(path, "wx");
  }
}
