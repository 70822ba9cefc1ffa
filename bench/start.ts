/** The compiled file from the spawn to the first byte of its first answer, beside a compiled `Bun.serve` that says hello. */

import { join } from "node:path";
import { MADE_BY_US } from "../src/commands/new-start.ts";
import { firstByte, wholeRun } from "./harness/first-byte.ts";
import { type Line, report } from "./harness/report.ts";
import { interleaved } from "./harness/rounds.ts";
import { freePort, scratch } from "./harness/scratch.ts";

const ROUNDS = Number(process.env.ROUNDS ?? 41);
/** With all that in the environment nothing has to be started anew: see src/commands/new-start.ts. */
const LIFTED = { ...process.env, ...MADE_BY_US };
const UNLIFTED = { ...process.env, ...Object.fromEntries(Object.keys(MADE_BY_US).map((name) => [name, undefined])) };

const root = new URL("..", import.meta.url).pathname;
await using stack = new AsyncDisposableStack();
const hello = join(await scratch(stack), "hello");
await build([..."run build".split(" ")]);
await build([..."build --compile --bytecode --format=esm --minify bench/peers/hello.ts --outfile".split(" "), hello]);
const proxy = join(root, "dist/caching-proxy");

// Not pinned: a start has several threads, and who starts a program lets them run where there is room.
const first = (env: Readonly<Record<string, string | undefined>>) =>
  interleaved(ROUNDS, ["caching-proxy", "hello"], (name) => {
    const port = freePort();
    const serving = ["--port", String(port), "--host", "127.0.0.1", "--origin", "http://127.0.0.1:9"];
    return firstByte({ command: name === "hello" ? [hello, String(port)] : [proxy, ...serving], port, env });
  });
const lines: readonly Line[] = [
  { scenario: "first byte", samples: await first(UNLIFTED) },
  { scenario: "first byte, its variables set", samples: await first(LIFTED) },
  { scenario: "--help", samples: await interleaved(ROUNDS, ["caching-proxy"], () => wholeRun([proxy, "--help"])) },
];
await report(`From the spawn, compiled files, medians of ${ROUNDS} rounds`, "caching-proxy", "ms", lines);

async function build(args: readonly string[]): Promise<void> {
  const child = Bun.spawn([process.execPath, ...args], { cwd: root, stdout: "ignore", stderr: "pipe" });
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`bun ${args.join(" ")} failed: ${errors}`);
}
