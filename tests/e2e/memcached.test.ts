import { expect, test } from "bun:test";
import { startMemcached } from "../store/memcached-server.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { ask as askIt, type RunningProxy, startProxy, xCache } from "./proxy.ts";

/** Several commands are started one after the other. */
const PATIENT = 30_000;

const stack = cleanup();
const large = "0123456789".repeat(200_000);
const source = origin(stack, {
  "/a": counted({ "cache-control": "max-age=100" }),
  "/b": counted({ "cache-control": "max-age=100" }),
  "/changed": counted({ "cache-control": "max-age=100" }),
  "/large": () => new Response(large, { headers: { "cache-control": "max-age=100" } }),
  "/language": (request) =>
    new Response(request.headers.get("accept-language"), {
      headers: { "cache-control": "max-age=100", vary: "accept-language" },
    }),
});

/** Asks for a path by the name that all of the proxies go by: other names are other requests. */
function ask(
  proxy: RunningProxy,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Response> {
  return askIt(proxy, path, { method, headers: { ...headers, host: "cache.test" } });
}

/** The same, read to its end: X-Cache and the body. */
async function outcome(
  proxy: RunningProxy,
  path: string,
  headers: Record<string, string> = {},
): Promise<[string, string]> {
  const response = await ask(proxy, path, headers);
  return [xCache(response), await response.text()];
}

/** Asks for what is stored until it is: what is put is written behind the answer. */
async function stored(proxy: RunningProxy, path: string, headers: Record<string, string> = {}): Promise<Response> {
  for (;;) {
    const response = await ask(proxy, path, { ...headers, "cache-control": "only-if-cached" });
    if (response.status === 200) return response;
    await Bun.sleep(1);
  }
}

test(
  "two proxies share what they store, large bodies and variants too",
  async () => {
    const server = await startMemcached(stack);
    const flags = `--store memcached://localhost:${server.port}`;
    const [one, two] = [await startProxy(stack, source.url, flags), await startProxy(stack, source.url, flags)];
    expect(await outcome(one, "/a")).toEqual(["MISS", "1"]);
    expect(await (await stored(two, "/a")).text()).toBe("1");
    expect(xCache(await ask(one, "/large"))).toBe("MISS");
    expect(await (await stored(two, "/large")).text()).toBe(large);
    await outcome(one, "/language", { "accept-language": "en" });
    await outcome(two, "/language", { "accept-language": "fr" });
    expect(await (await stored(two, "/language", { "accept-language": "en" })).text()).toBe("en");
    expect(await (await stored(one, "/language", { "accept-language": "fr" })).text()).toBe("fr");
  },
  PATIENT,
);

test(
  "what is stored outlives the proxy, and what was changed or cleared does not",
  async () => {
    const servers = [await startMemcached(stack), await startMemcached(stack)];
    const flags = `--store memcached://${servers.map(({ port }) => `127.0.0.1:${port}`).join()}`;
    const first = await startProxy(stack, source.url, flags);
    const before = await outcome(first, "/b");
    await outcome(first, "/changed");
    first.signal("SIGTERM");
    expect(await first.exited).toBe(0);
    const second = await startProxy(stack, source.url, flags);
    expect(await (await stored(second, "/b")).text()).toBe(before[1]);
    await ask(second, "/changed", {}, "POST");
    const third = await startProxy(stack, source.url, flags);
    expect(await outcome(third, "/changed")).toEqual(["MISS", "3"]);
    expect(await (await stored(third, "/b")).text()).toBe(before[1]);
    await askIt(third, "/__admin/clear-cache", { method: "POST" });
    const fourth = await startProxy(stack, source.url, flags);
    expect((await outcome(fourth, "/b"))[0]).toBe("MISS");
  },
  PATIENT,
);

test(
  "a memcached that dies, hangs or is not there yet leaves the proxy serving",
  async () => {
    const server = await startMemcached(stack);
    await server.kill();
    const flags = `--store memcached://127.0.0.1:${server.port}`;
    const proxy = await startProxy(stack, source.url, flags);
    const away = `memcached at 127.0.0.1:${server.port} does not answer`;
    expect(await proxy.stderr.find((line) => line.includes(away))).toContain("left out until it does");
    expect((await outcome(proxy, "/a"))[0]).toBe("MISS");
    expect((await outcome(proxy, "/a"))[0]).toBe("HIT");
    const again = await startMemcached(stack, server.port);
    await proxy.stderr.find((line) => line.includes("answers again"));
    await outcome(proxy, "/b");
    const other = await startProxy(stack, source.url, flags);
    await stored(other, "/b");
    await again.pause();
    expect((await outcome(other, "/large"))[0]).toBe("MISS");
    expect((await outcome(other, "/b"))[0]).toBe("HIT");
    await again.kill();
    expect((await outcome(other, "/a"))[0]).toBe("MISS");
    expect((await outcome(other, "/large"))[0]).toBe("HIT");
  },
  PATIENT,
);
