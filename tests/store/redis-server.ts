import { program } from "./program.ts";
import { scratch } from "./scratch.ts";

/** A real redis-server on a free port of the loopback interface, which keeps nothing on disk. */
export type RedisServer = {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** SIGSTOP: it accepts connections, as the kernel does it, and answers nothing. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends it at once. */
  readonly kill: () => Promise<void>;
};

export type RedisOptions = {
  /** A port on which there was one before; else a free one. */
  readonly port?: number;
  /** Further words of its command line. */
  readonly flags?: readonly string[];
};

/** Starts one and waits until it accepts connections; whatever becomes of it, it is gone when the stack is disposed of. */
export async function startRedis(
  stack: AsyncDisposableStack,
  { port, flags = [] }: RedisOptions = {},
): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    const chosen = port ?? freePort();
    const running = await tryRedis(stack, chosen, flags);
    if (running !== undefined) return running;
    // Somebody else took the free port meanwhile.
    if (attempt === 5) throw new Error(`redis-server does not start on port ${chosen}`);
  }
}

async function tryRedis(
  stack: AsyncDisposableStack,
  port: number,
  flags: readonly string[],
): Promise<RedisServer | undefined> {
  const words = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", scratch(stack), ...flags];
  const child = Bun.spawn([program("redis-server"), ...words], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  stack.defer(() => kill());
  for await (const line of linesOf(child.stdout)) {
    if (!line.includes("Ready to accept connections")) continue;
    return {
      port,
      url: `redis://127.0.0.1:${port}`,
      pid: child.pid,
      pause: () => child.kill("SIGSTOP"),
      resume: () => child.kill("SIGCONT"),
      kill,
    };
  }
  return undefined;

  async function kill(): Promise<void> {
    child.kill("SIGKILL");
    await child.exited;
  }
}

async function* linesOf(output: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncIterable<string> {
  let rest = "";
  for await (const text of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** A port on which nobody listens now. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
