import { watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { ConfigFile } from "../config/file.ts";
import { settingOf } from "../config/flag-names.ts";
import type { Given } from "../config/given.ts";
import type { Parsed } from "../config/parsed.ts";
import type { Rule } from "../rules/rule.ts";

/** What following a config file works with. */
export type FollowingParts = {
  /** Reads and checks the file once more. */
  readonly read: (path: string) => Promise<Parsed<ConfigFile>>;
  /** What counts for each flag where the file says this. */
  readonly given: (file: ConfigFile) => Given;
  readonly replaceRules: (rules: readonly Rule[]) => void;
  readonly tell: Telling;
};

/** How a person is told; of several processes that read the same file one does. */
export type Telling = {
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
};

/** An editor may write a file in several steps. */
const SETTLING_MS = 100;

/** Has a changed config file count: its rules from the next request on, or, where there is something wrong with it, what was before. */
export class Following {
  readonly #parts: FollowingParts;
  #file: ConfigFile;
  #text: string | undefined;
  /** One after the other: each begins with what the one before it has left. */
  #last: Promise<void> = Promise.resolve();

  constructor(file: ConfigFile, parts: FollowingParts) {
    this.#file = file;
    this.#parts = parts;
  }

  /** Looks at the file, and acts where it is another one than before. */
  look(): Promise<void> {
    this.#last = this.#last.then(() => this.#look());
    return this.#last;
  }

  /** Looks whenever something happens in its folder, for as long as the process lives: editors put a new file in the old one's place. */
  begin(): void {
    let settling: ReturnType<typeof setTimeout> | undefined;
    const { path } = this.#file;
    const names = new Set([basename(path), MOUNTED]);
    const unwatched = (error: unknown): void =>
      this.#parts.tell.warn(`${this.#file.name} is not watched: ${String(error)}`);
    try {
      const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
        if (name !== null && !names.has(name)) return;
        clearTimeout(settling);
        settling = setTimeout(() => void this.look(), SETTLING_MS);
      });
      watcher.on("error", unwatched);
    } catch (error) {
      unwatched(error);
    }
    // What was changed while the proxy started.
    void this.look();
  }

  async #look(): Promise<void> {
    const { read, replaceRules, tell } = this.#parts;
    const before = this.#file;
    const text = await readFile(before.path, "utf8").catch((error: unknown) => String(error));
    const isFirst = this.#text === undefined && text === before.text;
    const isSame = this.#text === text;
    this.#text = text;
    if (isFirst || isSame) return;
    const next = await read(before.path);
    if (!next.ok) return tell.error(`${next.message}\n${before.name} counts as it was before`);
    this.#file = next.value;
    replaceRules(next.value.rules);
    tell.info(`${before.name} was read again: ${countOf(next.value.rules)} in force`);
    const waiting = this.#waiting(before, next.value);
    if (waiting.length > 0)
      tell.warn(`${waiting.join(", ")} in ${before.name}: this counts once the proxy is started anew`);
  }

  /** What else has changed and is settled once for a process. */
  #waiting(before: ConfigFile, after: ConfigFile): readonly string[] {
    const [old, now] = [this.#parts.given(before), this.#parts.given(after)];
    const names = new Set([...old.keys(), ...now.keys()]);
    const changed = [...names].filter((name) => old.get(name)?.text !== now.get(name)?.text).map(settingOf);
    const seed = before.seed === after.seed ? [] : ["seed"];
    const origins = Bun.deepEquals(before.origins, after.origins) ? [] : ["origins"];
    return [...changed, ...seed, ...origins];
  }
}

/** Changes where a folder of Kubernetes is mounted, whose files are links into it. */
const MOUNTED = "..data";

function countOf(rules: readonly Rule[]): string {
  return rules.length === 1 ? "1 rule is" : `${rules.length} rules are`;
}
