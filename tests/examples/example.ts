import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { Lines } from "../e2e/lines.ts";
import type { Command } from "../e2e/proxy.ts";
import { scratch } from "../store/scratch.ts";

const root = join(import.meta.dir, "../..");

/** What a `package.json` says that is of interest here. */
export type Manifest = {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

/** An example as somebody has it who has installed it. */
export type Example = {
  readonly folder: string;
  /** Runs a script of its `package.json`; whatever becomes of it, it is gone when the stack is disposed of. */
  readonly run: (script: string, env?: Readonly<Record<string, string>>, ...args: readonly string[]) => Command;
};

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** The versions that an example or this project asks for. */
export function wantedBy({ dependencies, devDependencies }: Manifest): Readonly<Record<string, string>> {
  return { ...dependencies, ...devDependencies };
}

/** A copy of an example with what it depends on, as `bun install` would bring it: the project itself and what that has installed. */
export function example(stack: AsyncDisposableStack, name: string): Example {
  const folder = join(scratch(stack), name);
  cpSync(join(root, "examples", name), folder, {
    recursive: true,
    filter: (source) => !source.endsWith("/node_modules"),
  });
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  for (const dependency of Object.keys(wantedBy(manifestOf(folder)))) {
    const target = dependency === "caching-proxy" ? root : join(root, "node_modules", dependency);
    mkdirSync(dirname(join(modules, dependency)), { recursive: true });
    symlinkSync(target, join(modules, dependency));
    const { bin }: { bin?: string | Readonly<Record<string, string>> } = JSON.parse(
      readFileSync(join(target, "package.json"), "utf8"),
    );
    for (const [command, file] of Object.entries(typeof bin === "string" ? { [dependency]: bin } : (bin ?? {}))) {
      symlinkSync(join(target, file), join(modules, ".bin", command));
    }
  }
  return {
    folder,
    run(script, env = {}, ...args) {
      const path = `${dirname(process.execPath)}:${process.env.PATH ?? ""}`;
      const child = Bun.spawn([process.execPath, "--no-env-file", "run", script, ...args], {
        cwd: folder,
        env: { PATH: path, HOME: process.env.HOME ?? "", ...env },
        stdout: "pipe",
        stderr: "pipe",
        // What it starts is to end with it.
        detached: true,
      });
      stack.defer(async () => {
        endGroup(child.pid);
        await child.exited;
      });
      return {
        pid: child.pid,
        stdout: new Lines(child.stdout),
        stderr: new Lines(child.stderr),
        exited: child.exited,
        signal: (signal) => process.kill(-child.pid, signal),
      };
    },
  };
}

/** The process with all that it has started. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // All are gone already.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** The first URL of this machine that a command names, with nothing behind the port. */
export async function urlOf({ stdout, stderr }: Command): Promise<string> {
  const named = /http:\/\/(?:localhost|127\.0\.0\.1):\d+/;
  // A bold port is written between escape sequences.
  const plain = (text: string): string => Bun.stripANSI(text);
  const line = await Promise.any([stdout, stderr].map((lines) => lines.find((text) => named.test(plain(text)))));
  return named.exec(plain(line))?.[0] ?? "";
}
