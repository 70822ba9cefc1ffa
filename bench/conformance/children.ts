/** Processes the run starts, and must end whatever happens. */

import { createServer } from "node:net";
import { Fixable } from "./suite.ts";

const patience = 20_000;
const grace = 3_000;

export interface Start {
  /** What messages call it. */
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Also print what it prints. */
  readonly echo?: boolean;
}

/** One running process, with all it has printed so far. */
export class Child {
  readonly name: string;
  readonly #process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #read: Promise<unknown>;
  #stdout = "";
  #stderr = "";

  constructor({ name, command, cwd, env, echo }: Start) {
    this.name = name;
    this.#process = spawn(name, command, cwd, env);
    this.#read = Promise.all([
      drain(this.#process.stdout, (text) => {
        this.#stdout += text;
        if (echo) process.stdout.write(text);
      }),
      drain(this.#process.stderr, (text) => {
        this.#stderr += text;
        if (echo) process.stderr.write(text);
      }),
    ]);
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Fails when the process is gone, telling how it went. */
  mustRun(moment: string): void {
    if (hasEnded(this.#process)) throw new Fixable(`${this.name} ended (${this.#ending()}) ${moment}.${this.tail()}`);
  }

  /** Waits until `ready` holds; fails as soon as the process is gone, or after 20 seconds. */
  async until(ready: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + patience;
    while (!(await ready())) {
      this.mustRun(`before ${what}`);
      if (performance.now() > deadline) {
        throw new Fixable(`${this.name} runs, but after ${patience / 1000} seconds still not: ${what}.${this.tail()}`);
      }
      await Bun.sleep(10);
    }
  }

  /** Waits until the process is done and all it printed is read; gives its exit code. */
  async done(limit: number): Promise<number> {
    const code = await within(limit, this.#process.exited);
    if (code === undefined) {
      throw new Fixable(`${this.name} was still not done after ${limit / 1000} seconds.${this.tail()}`);
    }
    await this.#read;
    return code;
  }

  /** Ends the process: asked first, killed if it does not listen. */
  async end(): Promise<void> {
    if (hasEnded(this.#process)) return;
    this.#process.kill("SIGTERM");
    const ended = await within(grace, this.#process.exited);
    if (ended !== undefined) return;
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  /** The last lines it printed, for a message. */
  tail(): string {
    const lines = `${this.#stdout}\n${this.#stderr}`.split("\n").filter((line) => line.trim() !== "");
    return lines.length === 0 ? "" : ` It said:\n  ${lines.slice(-12).join("\n  ")}`;
  }

  #ending(): string {
    return `${this.#process.signalCode ?? `exit code ${this.#process.exitCode}`}`;
  }
}

/** All processes of a run; disposing of it ends them. */
export class Children implements AsyncDisposable {
  readonly #started: Child[] = [];

  start(start: Start): Child {
    const child = new Child(start);
    this.#started.push(child);
    return child;
  }

  async end(): Promise<void> {
    await Promise.all(this.#started.map((child) => child.end()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}

/** The promise's value, or undefined when it takes longer; leaves no timer behind that would keep us running. */
async function within<T>(limit: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), limit);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function hasEnded(child: Bun.Subprocess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function spawn(
  name: string,
  command: readonly string[],
  cwd: string | undefined,
  env: Readonly<Record<string, string>> | undefined,
): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  try {
    return Bun.spawn([...command], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: { ...plainEnvironment(process.env), ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
  } catch (error) {
    throw new Fixable(`${name} cannot be started (${command.join(" ")}): ${String(error)}`);
  }
}

/** The environment without what would change the outcome: our own settings, the suite's, and other proxies. */
function plainEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const unwanted = /^(caching_proxy_|npm_|(https?|all|no)_proxy$|node_options$)/i;
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]): [string, string][] =>
      value === undefined || unwanted.test(name) ? [] : [[name, value]],
    ),
  );
}

async function drain(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
}

/** Two ports nobody listens on, on either IP version. */
export async function freePorts(): Promise<[number, number]> {
  const first = await holdPort();
  const second = await holdPort();
  await Promise.all([first.release(), second.release()]);
  return [first.port, second.port];
}

async function holdPort(): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The system gave no port to listen on.");
  return { port: address.port, release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Whether `/health` on this port answers 200. */
export async function isHealthy(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://localhost:${port}/health`, {
      proxy: false,
      redirect: "manual",
      signal: AbortSignal.timeout(1_000),
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
