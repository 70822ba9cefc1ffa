import { Lines } from "./lines.ts";

const root = new URL("../..", import.meta.url).pathname;

/** The command as a child process. */
export type Command = {
  readonly pid: number;
  readonly stdout: Lines;
  readonly stderr: Lines;
  readonly exited: Promise<number>;
  readonly signal: (name: "SIGINT" | "SIGTERM" | "SIGHUP") => void;
};

/** The command while it serves. */
export type RunningProxy = Command & { readonly port: number; readonly url: string };

export type CommandOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The script of another copy of the program. */
  readonly program?: string;
  /** Words of a command that runs it. */
  readonly within?: readonly string[];
  /** How many files and sockets it may have open. */
  readonly descriptors?: number;
  /** What comes on standard input. */
  readonly input?: Uint8Array;
  /** When what it writes to standard output begins to be read. */
  readonly readFrom?: Promise<void>;
};

/** Runs the real command; whatever becomes of it, it is gone when the stack is disposed of. */
export function runCommand(
  stack: AsyncDisposableStack,
  args: readonly string[],
  options: CommandOptions = {},
): Command {
  const command = [process.execPath, "--no-env-file", options.program ?? `${root}src/cli.ts`, ...args];
  const { descriptors } = options;
  const bounded = ["sh", "-c", `ulimit -n ${descriptors} && exec "$@"`, "sh", ...command];
  const child = Bun.spawn([...(options.within ?? []), ...(descriptors === undefined ? command : bounded)], {
    cwd: options.cwd ?? root,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...options.env },
    stdin: options.input ?? null,
    stdout: "pipe",
    stderr: "pipe",
    // Else Bun reads ahead.
    lazy: options.readFrom !== undefined,
  });
  stack.defer(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  return {
    pid: child.pid,
    stdout: new Lines(options.readFrom === undefined ? child.stdout : later(child, options.readFrom)),
    stderr: new Lines(child.stderr),
    exited: child.exited,
    signal: (name) => child.kill(name),
  };
}

async function* later(child: Bun.Subprocess<Uint8Array | null, "pipe", "pipe">, from: Promise<void>) {
  await from;
  yield* child.stdout;
}

/**
 * Starts the proxy on a free port and waits until it listens.
 * @param flags further ones, as on a command line
 */
export async function startProxy(
  stack: AsyncDisposableStack,
  origin: string,
  flags = "",
  options: CommandOptions = {},
): Promise<RunningProxy> {
  const further = flags === "" ? [] : flags.split(" ");
  const command = runCommand(stack, ["--port", "0", "--origin", origin, ...further], options);
  const line = (lines: Lines): Promise<string> => lines.find((text) => text.includes("  listens on  "));
  // With a pretty log the start-up lines are on standard output, else on standard error.
  const port = Number(/:(\d+)$/.exec(await Promise.any([line(command.stderr), line(command.stdout)]))?.[1]);
  return { ...command, port, url: `http://127.0.0.1:${port}` };
}

/** Asks for a path, with nothing done to the answer behind the test's back. */
export function ask(proxy: RunningProxy, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(proxy.url + path, { redirect: "manual", decompress: false, proxy: "", ...init });
}

/** Asks for a path and reads it to its end: X-Cache and the body. */
export async function outcome(proxy: RunningProxy, path: string, init: RequestInit = {}): Promise<[string, string]> {
  const response = await ask(proxy, path, init);
  return [xCache(response), await response.text()];
}

export function xCache(response: Response): string {
  return response.headers.get("x-cache") ?? "none";
}

export function cacheStatus(response: Response): string {
  return response.headers.get("cache-status") ?? "none";
}
