/**
 * Tries the compiled file the way a server would run it: from an empty folder, with no Bun on the path, beside files that must not matter.
 * Another file than dist/caching-proxy may be named: `bun .ci/smoke.ts dist/caching-proxy-linux-x64-musl`.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const binary = resolve(process.argv[2] ?? join(import.meta.dir, "../dist/caching-proxy"));
let passed = 0;
let failed = 0;

function check(what: string, holds: boolean): void {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? "✓" : "✗"} ${what}`);
}

const folder = await mkdtemp(join(tmpdir(), "caching-proxy-smoke-"));
const at = (name: string) => join(folder, name);
const MARK = "hostile.txt";
await Bun.write(at(".env"), "PORT=1\nCACHING_PROXY_PORT=2\nCACHING_PROXY_TTL=nonsense\n");
await Bun.write(at("bunfig.toml"), 'preload = ["./hostile.ts"]\n[run]\nshell = "absent"\n');
await Bun.write(at("hostile.ts"), `await Bun.write(${JSON.stringify(at(MARK))}, "was loaded");\n`);
const environment = { PATH: "/nonexistent", HOME: folder, XDG_CONFIG_HOME: folder };

let asked = 0;
const origin = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => new Response(`answer ${++asked}`, { headers: { "cache-control": "max-age=60" } }),
});

function run(...args: string[]): { stdout: string; stderr: string; code: number } {
  const { stdout, stderr, exitCode } = Bun.spawnSync([binary, ...args], { cwd: folder, env: environment });
  return { stdout: stdout.toString(), stderr: stderr.toString(), code: exitCode };
}

const started: ReturnType<typeof spawn>[] = [];

function spawn(flags: readonly string[]) {
  return Bun.spawn([binary, "--port", "0", "--log", "pretty", ...flags], {
    cwd: folder,
    env: environment,
    stdout: "pipe",
    stderr: "inherit",
  });
}

/** Starts the proxy on a free port, with these flags. */
async function start(...flags: string[]) {
  const child = spawn(flags);
  started.push(child);
  const url = await listeningUrl(child.stdout);
  return {
    url,
    pid: child.pid,
    ask: (path: string, init: RequestInit = {}) => fetch(url + path, init),
    stop: () => {
      child.kill("SIGTERM");
      return child.exited;
    },
  };
}

const before = ["--origin", origin.url.href];
const outcome = (response: Response) => response.headers.get("x-cache");

async function itself(): Promise<void> {
  const version = run("--version");
  check("--version prints the version", version.code === 0 && /^caching-proxy \d+\.\d+\.\d+$/m.test(version.stdout));
  check("--help prints the flags", run("--help").stdout.includes("--origin"));
  check("an unknown flag is wrong usage", run("--prot", "1").code === 2);
  check("complete prints a script", run("complete", "bash").stdout.includes("caching-proxy"));
  check("complete knows the commands", /^stats\b/m.test(run("complete", "--", "sta").stdout));
}

async function caching(): Promise<void> {
  const proxy = await start(...before);
  const first = await proxy.ask("/x");
  const body = await first.text();
  const second = await proxy.ask("/x");
  check("the first request is a MISS", outcome(first) === "MISS" && body === "answer 1");
  check("the second is a HIT with the same body", outcome(second) === "HIT" && (await second.text()) === body);
  check("/health answers", (await proxy.ask("/health")).status === 200);
  const page = await proxy.ask("/__admin/");
  check("the live page is in it", page.status === 200 && (await page.text()).includes("Why the origin was asked"));
  const { port } = new URL(proxy.url);
  const cleared = run("clear", "--port", port);
  check("clear empties the cache", cleared.code === 0 && outcome(await proxy.ask("/x")) === "MISS");
  check("stats finds it", run("stats", "--port", port).stdout.includes("requests"));
  check("SIGTERM ends it with 0", (await proxy.stop()) === 0);
  check("and stats, by which containers ask for its health, with 1", run("stats", "--port", port).code === 1);
}

async function workers(): Promise<void> {
  const crew = await start(...before, "--workers", "2");
  const stats: { workers: { pid: number }[] } = await (await crew.ask("/__admin/stats")).json();
  const pids = new Set([crew.pid, ...stats.workers.map(({ pid }) => pid)]);
  check("--workers 2 are two processes beside the first", stats.workers.length === 2 && pids.size === 3);
  check("SIGTERM ends all of them with 0", (await crew.stop()) === 0 && ![...pids].some(isThere));
}

async function configs(): Promise<void> {
  for (const kind of ["ts", "js"]) {
    const cast = kind === "ts" ? " satisfies object" : "";
    await Bun.write(at("word.ts"), 'export const word: string = "imported";\n');
    await Bun.write(
      at(`other.config.${kind}`),
      `import { defineConfig } from "caching-proxy";\nimport { word } from "./word.ts";\n` +
        `export default defineConfig({ rules: [{ response: { headers: { "x-word": word } } }] }${cast});\n`,
    );
    const proxy = await start(...before, "--config", `other.config.${kind}`);
    const { headers } = await proxy.ask("/configured");
    check(`a config of kind ${kind} is read, with what it imports`, headers.get("x-word") === "imported");
    await proxy.stop();
  }
}

async function fixtures(): Promise<void> {
  const recording = await start(...before, "--fixtures", "recorded");
  const body = await (await recording.ask("/recorded/1")).text();
  await recording.stop();
  check("--fixtures records", (await readdir(at("recorded"), { recursive: true })).length > 0);
  check("doctor looks through them", run("doctor", "recorded").code === 0);
  const frozen = await start("--fixtures", "recorded", "--frozen");
  const replayed = await frozen.ask("/recorded/1");
  check("--frozen replays", outcome(replayed) === "HIT" && (await replayed.text()) === body);
  check("and has nothing else", (await frozen.ask("/recorded/2")).status === 504);
  check("which is exit code 3", (await frozen.stop()) === 3);
}

async function store(): Promise<void> {
  const flags = [...before, "--store", "sqlite:./cache.db"];
  // What is stored is for the name by which it was asked for.
  const init = { headers: { host: "shop.example" } };
  const first = await start(...flags);
  const body = await (await first.ask("/kept", init)).text();
  check("a proxy with sqlite ends with 0", (await first.stop()) === 0);
  const second = await start(...flags);
  const found = await second.ask("/kept", init);
  check("sqlite is warm after a restart", outcome(found) === "HIT" && (await found.text()) === body);
  await second.stop();
}

/** Redis where there is one. */
async function redis(): Promise<void> {
  const program = Bun.which("redis-server");
  if (program === null) return;
  const free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = free;
  free.stop(true);
  const words = ["--port", String(port), "--save", "", "--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"];
  const server = Bun.spawn([program, ...words], { cwd: folder, stdout: "ignore" });
  try {
    const proxy = await start(...before, "--store", `redis://127.0.0.1:${port}`);
    const working = async () => {
      const { store }: { store: { state: string } } = await (await proxy.ask("/__admin/stats")).json();
      return store.state === "working";
    };
    for (const until = Date.now() + 10_000; !(await working()) && Date.now() < until; ) await Bun.sleep(50);
    check("a redis --store works", await working());
    await proxy.stop();
  } finally {
    server.kill();
    await server.exited;
  }
}

async function tls(): Promise<void> {
  const proxy = await start(...before, "--tls", "auto");
  const ca = await Bun.file(at("caching-proxy/tls/authority.pem")).text();
  const { origin: base } = new URL(proxy.url);
  const first = await fetch(`${base}/secure`, { tls: { ca } });
  check("--tls auto makes a certificate that its authority vouches for", base.startsWith("https:") && first.ok);
  await proxy.stop();
}

async function archives(): Promise<void> {
  const proxy = await start(...before);
  const { port } = new URL(proxy.url);
  await (await proxy.ask("/archived")).text();
  check("export writes an archive", run("export", "all.har", "--port", port).code === 0);
  run("clear", "--port", port);
  const imported = run("import", "all.har", "--port", port);
  check(
    "import takes it",
    imported.stdout.includes("stored 1 of 1") && outcome(await proxy.ask("/archived")) === "HIT",
  );
  await proxy.stop();
}

async function beginnings(): Promise<void> {
  check("init writes a config", run("init", origin.url.href).code === 0);
  // This process is the origin, and waits.
  const doctor = run("doctor", "--port", "0", "--offline", "--store", "sqlite:./doctor.db");
  check(
    "doctor reads it and finds nothing wrong",
    doctor.code === 0 && doctor.stdout.includes("caching-proxy.config.ts"),
  );
  await rm(at("caching-proxy.config.ts"));
}

async function command(): Promise<void> {
  const script = 'echo "$CACHING_PROXY_URL"; exit 7';
  const { stdout, code } = run("--port", "0", ...before, "--", "/bin/sh", "-c", script);
  check("-- COMMAND is told the URL, and its exit code is ours", /^http:\/\/\S+:\d+$/m.test(stdout) && code === 7);
}

try {
  for (const part of [itself, caching, workers, configs, fixtures, store, redis, tls, archives, beginnings, command])
    await part();
  check("what lies in the folder was not loaded", !(await Bun.file(at(MARK)).exists()));
} finally {
  for (const child of started) child.kill();
  await Promise.all(started.map(({ exited }) => exited));
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

/** The URL that the start-up lines name; what comes after them is read and dropped, so that the log goes on. */
async function listeningUrl(output: ReadableStream<Uint8Array>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const read = async () => {
    let text = "";
    for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const url = /https?:\/\/localhost:\d+/.exec(text)?.[0];
      if (url !== undefined) resolve(url);
    }
    reject(new Error(`The compiled file ended without listening; it said: ${text}`));
  };
  read().catch(reject);
  return promise;
}
