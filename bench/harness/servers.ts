import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { type BOTH, LOAD, MEASURED, type Pinned, startOn } from "./cores.ts";
import { answering, configured, freePort, listening, scratch } from "./scratch.ts";
import { tool } from "./tools.ts";

/** A server under measurement. */
export type Server = { readonly url: string; readonly pid: number };

const root = new URL("../..", import.meta.url).pathname;
const BUN = [process.execPath, "--no-env-file"];

/** The origin: nginx with files, on the core of the load. */
export async function origin(stack: AsyncDisposableStack): Promise<Server> {
  const folder = await scratch(stack);
  await mkdir(join(folder, "root"));
  await Bun.write(join(folder, "root/1k.txt"), "x".repeat(1024));
  await Bun.write(join(folder, "root/hundred.bin"), "x".repeat(100 * 1024));
  for (const [name, megabytes] of LARGE) await truncate(join(folder, "root", name), megabytes * 1024 * 1024);
  const port = freePort();
  const config = await configured("origin.conf", folder, { PREFIX: folder, PORT: String(port) });
  return await started(stack, LOAD, port, [await tool("nginx"), "-c", config, "-p", folder]);
}

/** The origin's large files, in MB: they are holes, which take no room. */
const LARGE = [
  ["large.bin", 1024],
  ["middle.bin", 256],
  ["thirty.bin", 30],
] as const;

async function truncate(path: string, bytes: number): Promise<void> {
  await using file = await open(path, "w");
  await file.truncate(bytes);
}

/** An origin that sends 1 GB in chunks, on the core of the load. */
export async function chunkedOrigin(stack: AsyncDisposableStack): Promise<Server> {
  const port = freePort();
  const process = await startOn(LOAD, [...BUN, `${root}bench/peers/chunked.ts`, String(port)]);
  stack.defer(() => process.stop());
  const url = `http://127.0.0.1:${port}`;
  await listening(port);
  return { url, pid: process.pid };
}

/** An origin that takes so many ms for each answer, on the core of the load. */
export async function slowOrigin(stack: AsyncDisposableStack, ms: number): Promise<Server> {
  const port = freePort();
  return await started(stack, LOAD, port, [...BUN, `${root}bench/peers/slow.ts`, String(port), String(ms)]);
}

/** nginx's proxy_cache, on a file system that the kernel keeps in memory as far as it has any. */
export async function nginx(stack: AsyncDisposableStack, origin: Server, log: "log" | "no-log"): Promise<Server> {
  const folder = await scratch(stack);
  const port = freePort();
  const config = await configured("nginx.conf", folder, {
    ACCESS_LOG: log === "log" ? `${folder}/access.log` : "off",
    PREFIX: folder,
    PORT: String(port),
    ORIGIN: new URL(origin.url).host,
  });
  return await started(stack, MEASURED, port, [await tool("nginx"), "-c", config, "-p", folder]);
}

/** Varnish with its memory store and the VCL that it comes with. */
export async function varnish(stack: AsyncDisposableStack, origin: Server): Promise<Server> {
  const folder = await scratch(stack);
  const port = freePort();
  const vcl = await configured("default.vcl", folder, { ORIGIN_PORT: new URL(origin.url).port });
  const options = ["-F", "-a", `127.0.0.1:${port}`, "-f", vcl, "-s", "malloc,2g", "-n", join(folder, "work")];
  return await started(stack, MEASURED, port, [await tool("varnishd"), ...options]);
}

/** This proxy, as a user starts it; its log goes to a file where it has one. */
export async function ours(
  stack: AsyncDisposableStack,
  origin: Server,
  flags: readonly string[],
  cores: typeof MEASURED | typeof BOTH = MEASURED,
): Promise<Server> {
  const port = freePort();
  const options = ["--port", String(port), "--origin", origin.url, "--host", "127.0.0.1", ...flags];
  const log = join(await scratch(stack), "log");
  return await started(stack, cores, port, [...BUN, `${root}src/cli.ts`, ...options], log);
}

/** How much of the observing layer there is: see bench/peers/observed.ts. */
export type Observed = "none" | "counters" | "shipped";

/** This proxy with as much of its observing layer as is asked for. */
export async function observed(stack: AsyncDisposableStack, origin: Server, how: Observed): Promise<Server> {
  const port = freePort();
  const command = [...BUN, `${root}bench/peers/observed.ts`, how, String(port), origin.url];
  return await started(stack, MEASURED, port, command);
}

/** What a hit gives, from a `Bun.serve` that always gives it: `bare`, or `reading` before what a cache must look at of each request. */
export async function bare(
  stack: AsyncDisposableStack,
  hit: Pick<Response, "status" | "headers"> & { readonly text: string },
  how: "bare" | "reading",
): Promise<Server> {
  const port = freePort();
  const response = { status: hit.status, headers: [...hit.headers], body: hit.text };
  const file = `${root}bench/peers/${how}.ts`;
  return await started(stack, MEASURED, port, [...BUN, file, String(port), JSON.stringify(response)]);
}

/** A bare `Bun.serve` that hands on what a bare `fetch` brings. */
export async function bareForward(stack: AsyncDisposableStack, origin: Server): Promise<Server> {
  const port = freePort();
  return await started(stack, MEASURED, port, [...BUN, `${root}bench/peers/bare-forward.ts`, String(port), origin.url]);
}

async function started(
  stack: AsyncDisposableStack,
  core: typeof MEASURED | typeof LOAD | typeof BOTH,
  port: number,
  command: readonly string[],
  log?: string,
): Promise<Server> {
  const process: Pinned = await startOn(core, command, log);
  stack.defer(() => process.stop());
  const url = `http://127.0.0.1:${port}`;
  await answering(`${url}/`);
  return { url, pid: process.pid };
}
