import type { RunningProxy } from "../e2e/proxy.ts";
import { startProxy } from "../e2e/proxy.ts";
import { get } from "./client.ts";
import { GOOD, good, KEPT_ALIVE_FAULT, ORIGIN_FAULTS, type OriginFault } from "./origin-faults.ts";
import { type ScriptedOrigin, scriptedOrigin } from "./scripted-origin.ts";

/** A proxy, and an origin that a fault can be put on. */
export type Site = {
  readonly proxy: RunningProxy;
  readonly fault: Omit<OriginFault, "script">;
  readonly begin: () => Promise<void> | void;
  readonly end: () => Promise<void> | void;
  /** Fields of a request that is to meet the fault. */
  readonly fields: Readonly<Record<string, string>>;
  /** Done before each request that is to meet it; then those are made one after the other. */
  readonly before?: () => Promise<unknown>;
  /** Undefined where nobody can see what reaches the origin. */
  readonly origin?: ScriptedOrigin;
};

/** Long enough for a busy machine, and short enough for who waits for it. */
const SHORT = "1500ms";
/** Where nobody waits for it. */
const LONG = "30s";

/** All faults of an origin, each with a proxy that stands before it. */
export async function originSites(stack: AsyncDisposableStack): Promise<readonly Site[]> {
  const [late, ending, ...own] = await Promise.all([
    scripted(stack, ORIGIN_FAULTS, SHORT),
    scripted(stack, ORIGIN_FAULTS, LONG),
    ...[refusing(stack), deaf(stack), keptAlive(stack)],
  ]);
  const still = { begin: () => undefined, end: () => undefined };
  const scripts = ORIGIN_FAULTS.map((fault) => {
    const site = fault.isLate ? late : ending;
    return { ...site, ...still, fault, fields: { "x-fault": fault.name } };
  });
  return [...own, ...scripts];
}

function flags(timeout: string): string {
  return `--timeout ${timeout} --quota off --log off`;
}

/** A proxy before an origin that does what requests name. */
export async function scripted(stack: AsyncDisposableStack, faults: readonly OriginFault[], timeout: string) {
  const origin = await scriptedOrigin(
    stack,
    Object.fromEntries(faults.map(({ name, script }) => [name, script])),
    good,
  );
  return { origin, proxy: await startProxy(stack, origin.url, flags(timeout)) };
}

async function refusing(stack: AsyncDisposableStack): Promise<Site> {
  const { origin, proxy } = await scripted(stack, [], LONG);
  const fault = { name: "refuses connections", wait: "to the end", isLate: false } as const;
  return { proxy, fault, begin: origin.refuse, end: origin.listen, fields: {} };
}

/** A process that is stopped: the system takes connections for it, which it does not accept. */
async function deaf(stack: AsyncDisposableStack): Promise<Site> {
  const program = `
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch({ url }) {
      const stale = /stale-(.*)/.exec(url)?.[1];
      const more = stale === undefined ? "max-age=60" : stale === "if-error" ? "max-age=0, stale-if-error=60" : stale === "strict" ? "max-age=0, must-revalidate" : "max-age=0";
      return new Response(${JSON.stringify(GOOD)}, { headers: { "cache-control": more, etag: '"good"', connection: "close" } });
    } });
    console.log(server.port);`;
  const child = Bun.spawn([process.execPath, "--eval", program], { stdin: "ignore", stdout: "pipe" });
  stack.defer(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  const { value } = await child.stdout.getReader().read();
  const proxy = await startProxy(stack, `http://127.0.0.1:${new TextDecoder().decode(value).trim()}`, flags(SHORT));
  const fault = { name: "never accepts", wait: "for --timeout", isLate: true } as const;
  return { proxy, fault, begin: () => child.kill("SIGSTOP"), end: () => child.kill("SIGCONT"), fields: {} };
}

async function keptAlive(stack: AsyncDisposableStack): Promise<Site> {
  const { origin, proxy } = await scripted(stack, [KEPT_ALIVE_FAULT], LONG);
  let count = 0;
  return {
    ...{ proxy, origin, fault: KEPT_ALIVE_FAULT, fields: { "x-fault": KEPT_ALIVE_FAULT.name } },
    begin: () => undefined,
    end: () => undefined,
    // Leaves one connection in the pool, which has been used.
    before: () => get(proxy.port, { path: `/warm/${count++}` }),
  };
}
