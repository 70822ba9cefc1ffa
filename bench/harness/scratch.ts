import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own, which is gone when the stack is disposed of. */
export async function scratch(stack: AsyncDisposableStack): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "caching-proxy-bench-"));
  // Servers that start as root give that up, and must still reach what lies in it.
  await chmod(path, 0o755);
  stack.defer(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Fills a configuration of bench/peers in and puts it into a folder. The path of what was written. */
export async function configured(
  name: string,
  folder: string,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  let text = await Bun.file(new URL(`../peers/${name}`, import.meta.url)).text();
  for (const [placeholder, value] of Object.entries(values)) text = text.replaceAll(placeholder, value);
  const path = join(folder, name);
  await Bun.write(path, text);
  return path;
}

/** A port that was free a moment ago. */
export function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  if (port === undefined) throw new Error("The system gave no port.");
  return port;
}

/**
 * Waits until a server answers.
 * @throws Error where it does not within ten seconds
 */
export async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return void (await answer.bytes());
    await Bun.sleep(50);
  }
  throw new Error(`Nothing answers at ${url}.`);
}

/**
 * Waits until somebody takes connections, whom nothing is asked.
 * @throws Error where nobody does within ten seconds
 */
export async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
      return void socket.end();
    } catch {
      await Bun.sleep(50);
    }
  }
  throw new Error(`Nobody listens at port ${port}.`);
}
