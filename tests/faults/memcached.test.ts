import { expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { origin } from "../e2e/origin.ts";
import { outcome, type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { flaps, tcpRelay } from "../sharing/tcp-relay.ts";
import { until } from "../sharing/until.ts";
import { startMemcached } from "../store/memcached-server.ts";

const shared = cleanup();
const NAMED = { headers: { host: "api.test" } };
const LARGE = "x".repeat(200_000);
const pages = origin(shared, (request) => {
  const { pathname } = new URL(request.url);
  const body = pathname.endsWith("/0") ? `${pathname}${LARGE}` : pathname;
  return new Response(body, { headers: { "cache-control": "max-age=3600" } });
});

/** Asks for some, of which one is more than memcached takes in one piece, and has the right answer of each. */
async function asked(proxy: RunningProxy, folder: string): Promise<void> {
  for (let i = 0; i < 5; i++) {
    const path = `${folder}/${i}`;
    expect((await outcome(proxy, path, NAMED))[1]).toBe(i === 0 ? `${path}${LARGE}` : path);
  }
}

test("a memcached that comes and goes ten times a second costs no answer, and is used once it stays", async () => {
  const memcached = await startMemcached(shared);
  const relay = tcpRelay(shared, memcached.port);
  const store = `--store memcached://127.0.0.1:${relay.port} --timeout 10s`;
  const [one, two] = await Promise.all([startProxy(shared, pages.url, store), startProxy(shared, pages.url, store)]);
  let isOver = false;
  const flapping = flaps(relay).then(() => {
    isOver = true;
  });
  for (let n = 0; !isOver; n++) await Promise.all([asked(one, `/flap/${n}`), asked(two, `/flap/${n}`)]);
  await flapping;
  await until("what one stores the other finds", async () => {
    const path = `/after/${crypto.randomUUID()}`;
    await outcome(one, path, NAMED);
    await Bun.sleep(20);
    return (
      (await outcome(two, path, { headers: { ...NAMED.headers, "cache-control": "only-if-cached" } }))[0] === "HIT"
    );
  });
  for (const { stderr } of [one, two]) expect(stderr.all.filter((line) => /reject|uncaught/i.test(line))).toEqual([]);
});
