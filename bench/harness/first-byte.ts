/** A program that listens on a port of 127.0.0.1 once it is ready. */
export type Starting = {
  readonly command: readonly string[];
  readonly port: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it is asked, and what its first answer says then; the health check where nothing else is said. */
  readonly asked?: Asked;
};

/** A request, and what the answer to it contains. */
export type Asked = { readonly path: string; readonly host: string; readonly expect: string };

const HEALTH: Asked = { path: "/health", host: "localhost", expect: "200 OK" };

/** How long it takes from spawning a program to the first byte of its first answer, in ms. It is gone afterwards. */
export async function firstByte({ command, port, env, asked = HEALTH }: Starting): Promise<number> {
  const started = performance.now();
  const child = Bun.spawn([...command], { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  try {
    for (;;) {
      const answer = await firstAnswer(port, asked);
      if (answer?.includes(asked.expect)) return performance.now() - started;
      if (answer !== undefined) throw new Error(`${command.join(" ")} answers ${answer}`);
      if (child.exitCode !== null) throw new Error(`${command.join(" ")} ended with ${child.exitCode}.`);
      if (performance.now() - started > LATEST_MS) throw new Error(`${command.join(" ")} does not answer.`);
    }
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}

/** How long a program runs from spawning it to its end, in ms. */
export async function wholeRun(command: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed.`);
  return performance.now() - started;
}

const LATEST_MS = 10_000;

/** Asks once; where nobody listens, which loopback tells at once, a moment is let pass. */
async function firstAnswer(port: number, { path, host }: Asked): Promise<string | undefined> {
  const first = Promise.withResolvers<string | undefined>();
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  try {
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (socket) => void socket.write(request),
        data: (_, data) => first.resolve(data.toString()),
        close: () => first.resolve(undefined),
        error: () => first.resolve(undefined),
      },
    });
    const answered = await first.promise;
    socket.terminate();
    return answered;
  } catch {
    await Bun.sleep(PAUSE_MS);
    return undefined;
  }
}

/** So short that it adds little, so long that asking leaves the machine to the program. */
const PAUSE_MS = 0.5;
