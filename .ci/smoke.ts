/** Tries the compiled file the way a server would run it: from an empty folder, with no Bun on the path, beside files that must not matter. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const binary = resolve(import.meta.dir, "../dist/caching-proxy");
let passed = 0;
let failed = 0;

function check(what: string, holds: boolean): void {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? "✓" : "✗"} ${what}`);
}

const folder = await mkdtemp(join(tmpdir(), "caching-proxy-smoke-"));
await Bun.write(join(folder, ".env"), "PORT=1\nCACHING_PROXY_PORT=2\n");
await Bun.write(join(folder, "bunfig.toml"), 'preload = ["./absent.ts"]\n');
const environment = { PATH: "/nonexistent", HOME: folder };

let asked = 0;
const origin = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => new Response(`answer ${++asked}`, { headers: { "cache-control": "max-age=60" } }),
});

function run(...args: string[]): { stdout: string; code: number } {
  const { stdout, exitCode } = Bun.spawnSync([binary, ...args], { cwd: folder, env: environment });
  return { stdout: stdout.toString(), code: exitCode };
}

const version = run("--version");
check("--version prints the version", version.code === 0 && /^caching-proxy \d+\.\d+\.\d+$/m.test(version.stdout));
check("--help prints the flags", run("--help").stdout.includes("--origin"));
check("an unknown flag is wrong usage", run("--prot", "1").code === 2);

/** Starts the proxy on a free port, with further flags. */
function start(...flags: string[]) {
  return Bun.spawn([binary, "--port", "0", "--origin", origin.url.href, "--log", "pretty", ...flags], {
    cwd: folder,
    env: environment,
    stdout: "pipe",
    stderr: "inherit",
  });
}

const proxy = start();
const crew = start("--workers", "2");
try {
  const url = await listeningUrl(proxy.stdout);
  const first = await fetch(`${url}/x`);
  const firstBody = await first.text();
  const second = await fetch(`${url}/x`);
  check("the first request is a MISS", first.headers.get("x-cache") === "MISS" && firstBody === "answer 1");
  check(
    "the second is a HIT with the same body",
    second.headers.get("x-cache") === "HIT" && (await second.text()) === firstBody,
  );
  check("/health answers", (await fetch(`${url}/health`)).status === 200);
  const page = await fetch(`${url}/__admin/`);
  check("the live page is in it", page.status === 200 && (await page.text()).includes("Why the origin was asked"));
  const cleared = run("clear", "--port", new URL(url).port);
  check("clear empties the cache", cleared.code === 0 && (await fetch(`${url}/x`)).headers.get("x-cache") === "MISS");
  proxy.kill("SIGTERM");
  check("SIGTERM ends it with 0", (await proxy.exited) === 0);
  const shared = await listeningUrl(crew.stdout);
  const stats: { workers: { pid: number }[] } = JSON.parse(await (await fetch(`${shared}/__admin/stats`)).text());
  const pids = new Set([crew.pid, ...stats.workers.map(({ pid }) => pid)]);
  check("--workers 2 are two processes beside the first", stats.workers.length === 2 && pids.size === 3);
  crew.kill("SIGTERM");
  check("SIGTERM ends all of them with 0", (await crew.exited) === 0 && ![...pids].some(isThere));
} finally {
  proxy.kill();
  crew.kill();
  await origin.stop(true);
  await rm(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function listeningUrl(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const url = /http:\/\/localhost:\d+/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`The compiled file ended without listening; it said: ${text}`);
}
