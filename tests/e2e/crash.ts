import { origin } from "./origin.ts";
import { ask, type RunningProxy, startProxy, xCache } from "./proxy.ts";

/** How one file of the disk tier is used by one process after the other, each of which is killed. */
export type Lane = {
  readonly file: string;
  /** How long each process lives under load before it is killed, in ms. */
  readonly lives: readonly number[];
  /** Further flags of the proxy. */
  readonly flags?: string;
  /**
   * What has to be there after a kill: what is a second old, for which the machine must have some time to spare; what was written
   * before the load began; or nothing for sure, since the bound is so small that it may have been evicted.
   */
  readonly keeps: "a second old" | "written" | "nothing for sure";
};

/** What a lane has seen. */
export type Seen = {
  readonly kills: number;
  readonly answers: number;
  /** Answers from the cache of what an earlier process had stored. */
  readonly warm: number;
  /** What should not have been, each as a sentence. */
  readonly wrong: readonly string[];
};

/** How much older than this something has to be to be promised. */
const PROMISED_AFTER = 1000;
const CLIENTS = 8;
/** Between two requests of a client, at most, in ms. */
const PAUSE = 4;
const URLS = 400;

/** Of the n-th URL: most are small, some lie in files, a few are large. */
function sizeOf(n: number): number {
  if (n % 40 === 0) return 1_500_000 + n;
  return n % 8 === 0 ? 70_000 + n * 31 : 10 + ((n * 7919) % 20_000);
}

/** Each line tells the path and where in the body it stands, so that a byte from anywhere else shows. */
function bodyOf(path: string, size: number): Buffer {
  let text = "";
  while (text.length < size) text += `${path} ${text.length}\n`;
  return Buffer.from(text.slice(0, size));
}

async function storeOf(proxy: RunningProxy): Promise<{ readonly entries: number; readonly damaged: number }> {
  return JSON.parse(await (await ask(proxy, "/__admin/stats")).text()).store;
}

const bodies = Array.from({ length: URLS }, (_, n) => bodyOf(`/${n}`, sizeOf(n)));

/** Runs a lane to its end: after the last kill all that is promised is looked for once more. */
export async function run(lane: Lane): Promise<Seen> {
  await using stack = new AsyncDisposableStack();
  /** What the process that lives now has asked the origin for. */
  const fetched = new Set<number>();
  const api = origin(stack, (request) => {
    const headers = { "cache-control": "max-age=86400", "content-type": "application/octet-stream" };
    const n = Number(new URL(request.url).pathname.slice(1));
    fetched.add(n);
    return new Response(bodies[n], { headers });
  });
  /** When what was stored first was received whole. */
  const stored = new Map<number, number>();
  const lasting = new Set<number>();
  const wrong: string[] = [];
  let answers = 0;
  let warm = 0;

  /** One request; what is wrong with its answer, if anything. Throws where the proxy is gone. */
  async function look(proxy: RunningProxy, n: number): Promise<void> {
    const askedAt = Date.now();
    const response = await ask(proxy, `/${n}`, { headers: { host: "crash.test", connection: "close" } });
    const body = Buffer.from(await response.bytes());
    answers++;
    const was = `/${n} (${xCache(response)}, ${response.headers.get("cache-status")})`;
    if (!bodies[n]?.equals(body)) wrong.push(`${was}: ${body.length} bytes are not what they should be`);
    if (xCache(response) === "MISS") {
      if (lasting.has(n)) wrong.push(`${was}: it was to be there after a kill`);
      stored.set(n, performance.now());
      return;
    }
    if (!fetched.has(n)) warm++;
    const date = Date.parse(response.headers.get("date") ?? "");
    const age = Number(response.headers.get("age"));
    // Date and Age are whole seconds; the way here and back counts as age, too.
    const [least, most] = [(askedAt - date) / 1000 - 2, (Date.now() - date) / 1000 + 1];
    if (age < least || age > most) wrong.push(`${was}: its age is ${age}, not from ${least} to ${most}`);
  }

  async function load(proxy: RunningProxy, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await look(proxy, Math.floor(Math.random() * URLS));
      await Bun.sleep(Math.random() * PAUSE);
    }
  }

  /** Asks for some and waits until they are written; nobody else asks meanwhile. */
  async function write(proxy: RunningProxy): Promise<void> {
    const { entries } = await storeOf(proxy);
    const from = Math.floor(Math.random() * URLS);
    for (let n = from; n < from + 40; n++) await look(proxy, n % URLS);
    while ((await storeOf(proxy)).entries < entries + stored.size) await Bun.sleep(5);
    for (const n of stored.keys()) lasting.add(n);
    stored.clear();
  }

  for (const life of lane.lives) {
    fetched.clear();
    const proxy = await startProxy(stack, api.url, `--store sqlite:${lane.file} --log off ${lane.flags ?? ""}`.trim());
    if (lane.keeps === "written") await write(proxy);
    let dead = false;
    const clients = Array.from({ length: CLIENTS }, () =>
      load(proxy, () => dead).catch((error: unknown) => {
        if (!dead) wrong.push(`the proxy broke off while it lived: ${String(error)}`);
      }),
    );
    await Bun.sleep(life);
    dead = true;
    const killedAt = performance.now();
    process.kill(proxy.pid, "SIGKILL");
    await proxy.exited;
    await Promise.all(clients);
    for (const [n, at] of stored) if (lane.keeps === "a second old" && killedAt - at > PROMISED_AFTER) lasting.add(n);
    stored.clear();
  }

  fetched.clear();
  const proxy = await startProxy(stack, api.url, `--store sqlite:${lane.file} --log off ${lane.flags ?? ""}`.trim());
  for (const n of lasting) await look(proxy, n);
  const { damaged } = await storeOf(proxy);
  if (damaged > 0) wrong.push(`${damaged} entries were damaged`);
  proxy.signal("SIGTERM");
  if ((await proxy.exited) !== 0) wrong.push("the last process did not end as it should");
  return { kills: lane.lives.length, answers, warm, wrong };
}
