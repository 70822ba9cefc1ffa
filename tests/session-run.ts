import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArguments } from "../src/commands/arguments.ts";
import { Lines } from "./e2e/lines.ts";
import { shownCommands } from "./shown-commands.ts";

type Server = { readonly line: string; readonly stop: (signal: "SIGTERM" | "SIGKILL") => Promise<void> };

/** The port of a proxy that names none. */
const USUAL = "3000";
const ORIGIN = "8080";

/** Does what a page has its reader do, in an empty folder, by a real shell, with free ports in the place of those that the page names. */
export class SessionRun {
  readonly #servers: Server[] = [];
  /** The ports that the page names, and on which of this machine something listens instead. */
  readonly #ports = new Map<string, string>();
  readonly #files = new Map<string, string>();

  private constructor(
    readonly folder: string,
    readonly bin: string,
  ) {}

  /**
   * @param root the folder of the project, whose program is meant by `caching-proxy`, and `bun start`
   * @param stack ends what was started and removes the folder
   */
  static async begin(stack: AsyncDisposableStack, root: string): Promise<SessionRun> {
    const folder = await mkdtemp(join(tmpdir(), "session-"));
    stack.defer(() => rm(folder, { recursive: true }));
    const bin = join(folder, ".bin");
    await mkdir(bin);
    const program = `#!/bin/sh\nexec '${process.execPath}' --no-env-file '${root}/src/cli.ts' "$@"\n`;
    await writeFile(join(bin, "caching-proxy"), program, { mode: 0o755 });
    await symlink(process.execPath, join(bin, "bun"));
    await symlink(join(root, "examples"), join(folder, "examples"));
    const run = new SessionRun(folder, bin);
    stack.defer(() => run.#end());
    return run;
  }

  /** Writes a file of the page. */
  async write(name: string, text: string): Promise<void> {
    this.#files.set(name, text);
    await Bun.write(join(this.folder, name), this.#here(text));
  }

  /**
   * Runs a command line. Of one that serves (a proxy, or an example) the first lines are awaited; it goes on until the session ends, one
   * like it is started, or `kill %N` names it.
   * @param shown what the page says that is printed: by that is known how many lines of a server are awaited
   * @returns what it printed, on either output, with the page's ports
   */
  async command(line: string, shown: string): Promise<string> {
    const [, job] = /^kill %(\d+)$/.exec(line) ?? [];
    if (job !== undefined) {
      await this.#servers[Number(job) - 1]?.stop("SIGTERM");
      return "";
    }
    if (serves(line)) return this.#serve(line.replace(/ *&$/, ""), shown);
    const child = this.#spawn(line, this.#ports.get(USUAL));
    const printed = await child.stdout.text();
    await child.exited;
    return this.#there(printed.replaceAll("\r", ""));
  }

  async #serve(line: string, shown: string): Promise<string> {
    const isExample = line.startsWith("bun examples/");
    const page = isExample ? ORIGIN : (/--port (\d+)/.exec(line)?.[1] ?? USUAL);
    await Promise.all(this.#servers.map((server) => (server.line === line ? server.stop("SIGTERM") : undefined)));
    // It keeps its port where it is started anew.
    const here = this.#ports.get(page) ?? "0";
    this.#ports.set(page, here);
    const child = this.#spawn(`exec ${line}${isExample ? ` ${here} 0` : ""}`, here);
    const lines = new Lines(child.stdout);
    this.#servers.push({
      line,
      stop: async (signal) => {
        child.kill(signal);
        await child.exited;
      },
    });
    const ready = await lines.find((text) => /listens on|\bon http:/.test(text));
    this.#ports.set(page, /:(\d+)/.exec(ready)?.[1] ?? here);
    // Those that name it were written before anybody knew it.
    if (here === "0")
      for (const [name, text] of this.#files) if (text.includes(`:${page}`)) await this.write(name, text);
    if (shown === "") return "";
    const wanted = shown.split("\n").length;
    if (lines.all.length < wanted) await lines.find(() => lines.all.length >= wanted);
    return this.#there(lines.all.slice(0, wanted).join("\n"));
  }

  async #end(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop("SIGKILL")));
  }

  #spawn(line: string, port: string | undefined) {
    const command = ["bash", "-c", `exec 2>&1\n${this.#here(line).replaceAll("bun start", "caching-proxy")}`];
    const env = {
      PATH: `${this.bin}:${process.env.PATH}`,
      HOME: this.folder,
      ...(port === undefined ? {} : { CACHING_PROXY_PORT: port }),
      NO_COLOR: "1",
    };
    return Bun.spawn(command, { cwd: this.folder, env, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  }

  /** With the ports of this machine. */
  #here(text: string): string {
    return [...this.#ports].reduce(
      (before, [page, here]) => before.replaceAll(new RegExp(`(?<=:|--port )${page}\\b`, "g"), here),
      text,
    );
  }

  /** With the ports of the page. */
  #there(text: string): string {
    return [...this.#ports].reduce((before, [page, here]) => before.replaceAll(here, page), text);
  }
}

/** Whether a line starts what goes on: a proxy without a command of its own, or an example. */
function serves(line: string): boolean {
  if (/^bun examples\/\S+\.ts(?: &)?$/.test(line)) return true;
  return shownCommands(`    ${line}`).some(({ line: whole, words }) => {
    const wish = readArguments(words.filter((word) => word !== "&"));
    if (/[|;]|&&/.test(whole) || wish.type !== "run" || wish.command !== "serve") return false;
    return !words.includes("--") && !words.includes("--clear-cache");
  });
}
