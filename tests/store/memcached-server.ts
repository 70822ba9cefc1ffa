import { readdir } from "node:fs/promises";
import { program } from "./program.ts";
import { freePort } from "./redis-server.ts";

/** A real memcached on a free port of the loopback interface. */
export type MemcachedServer = {
  readonly port: number;
  readonly address: { readonly host: string; readonly port: number };
  /** SIGSTOP: it accepts connections, as the kernel does it, and answers nothing. Resolves once it has stopped. */
  readonly pause: () => Promise<void>;
  readonly resume: () => void;
  /** Ends it at once. */
  readonly kill: () => Promise<void>;
  /** Sends a command that is answered by one line. */
  readonly tell: (command: string) => Promise<string>;
};

/**
 * Starts one and waits until it answers; whatever becomes of it, it is gone when the stack is disposed of.
 * @param port on which there was one before; else a free one
 * @param flags further words of its command line
 */
export async function startMemcached(
  stack: AsyncDisposableStack,
  port?: number,
  flags: readonly string[] = [],
): Promise<MemcachedServer> {
  for (let attempt = 1; ; attempt++) {
    const running = await tryMemcached(stack, port ?? freePort(), flags);
    if (running !== undefined) return running;
    // Somebody else took the free port meanwhile.
    if (attempt === 5) throw new Error("memcached does not start");
  }
}

async function tryMemcached(
  stack: AsyncDisposableStack,
  port: number,
  flags: readonly string[],
): Promise<MemcachedServer | undefined> {
  const user = process.getuid?.() === 0 ? ["-u", "root"] : [];
  const words = ["-l", "127.0.0.1", "-p", `${port}`, "-U", "0", "-t", "2", "-m", "64", ...user, ...flags];
  const child = Bun.spawn([program("memcached"), ...words], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  stack.defer(() => kill());
  while (child.exitCode === null) {
    const answer = await tell("version").catch(() => undefined);
    if (answer === undefined) {
      await Bun.sleep(5);
      continue;
    }
    return {
      ...{ port, address: { host: "127.0.0.1", port }, tell, kill },
      async pause() {
        child.kill("SIGSTOP");
        const isStopped = async (task: string): Promise<boolean> =>
          /^State:\s+T/m.test(await Bun.file(`/proc/${child.pid}/task/${task}/status`).text());
        for (const task of await readdir(`/proc/${child.pid}/task`))
          while (!(await isStopped(task))) await Bun.sleep(1);
      },
      resume: () => child.kill("SIGCONT"),
    };
  }
  return undefined;

  async function kill(): Promise<void> {
    child.kill("SIGKILL");
    await child.exited;
  }

  async function tell(command: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let answer = "";
    const socket = await Bun.connect({
      ...{ hostname: "127.0.0.1", port },
      socket: {
        data: (_, bytes) => {
          answer += bytes.toString("latin1");
          if (answer.endsWith("\r\n")) resolve(answer.trimEnd());
        },
        close: () => reject(new Error("memcached closed the connection")),
      },
    });
    socket.write(`${command}\r\n`);
    const line = await promise;
    socket.end();
    return line;
  }
}
