import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";
import { connect, hasHead, rawOrigin, statusOf } from "./raw.ts";

const shared = cleanup();

/** The problem that a path is answered with, checked for what every problem has. */
async function problem(
  proxy: RunningProxy,
  path: string,
  status: number,
): Promise<{ origin: string; cause: string; detail: string }> {
  const response = await ask(proxy, path);
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(xCache(response)).toBe("MISS");
  expect(cacheStatus(response)).toMatch(/^caching-proxy; fwd=uri-miss; detail=/);
  const body: { status: number; origin: string; cause: string; detail: string } = JSON.parse(await response.text());
  expect(body.status).toBe(status);
  expect(body.detail).toContain(body.origin);
  return body;
}

describe("an origin that gives no answer", () => {
  test("down: 502 that names it and the cause, and the next answer is its own again", async () => {
    const stack = new AsyncDisposableStack();
    const { url } = await rawOrigin(stack, () => undefined);
    await stack.disposeAsync();
    const proxy = await startProxy(shared, url);
    expect(await problem(proxy, "/", 502)).toMatchObject({ origin: url, cause: "connection refused" });
    const back = Bun.serve({ hostname: "127.0.0.1", port: Number(new URL(url).port), fetch: () => new Response("up") });
    shared.defer(() => back.stop(true));
    expect(await outcome(proxy, "/")).toEqual(["MISS", "up"]);
  });

  test("a name that does not exist: 502", async () => {
    const proxy = await startProxy(shared, "http://no-such-host.invalid");
    const { origin, cause } = await problem(proxy, "/", 502);
    expect(origin).toBe("http://no-such-host.invalid");
    expect(cause).toContain("host name not found");
  }, 15_000);

  test.each([
    ["hangs up at once", ""],
    ["hangs up in the middle of its header section", "HTTP/1.1 200 OK\r\nContent-"],
    ["speaks something else", "SSH-2.0-OpenSSH_9.6\r\n\r\n"],
    ["answers with a status that is none", "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n"],
    ["breaks off a short body", "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nshort"],
  ])("one that %s: 502", async (_, answer) => {
    const stub = await rawOrigin(shared, (connection) => connection.end(answer));
    const proxy = await startProxy(shared, stub.url);
    const { origin, cause } = await problem(proxy, "/", 502);
    expect(origin).toBe(stub.url);
    expect(cause.length).toBeGreaterThan(10);
    expect(await problem(proxy, "/", 502)).toMatchObject({ origin: stub.url });
  });

  test("too slow: 504 after --timeout, and the origin is let go", async () => {
    const left = Promise.withResolvers<string>();
    const stub = await rawOrigin(shared, (connection) => connection.closed.then(left.resolve));
    const proxy = await startProxy(shared, stub.url, "--timeout 200ms");
    expect(await problem(proxy, "/", 504)).toMatchObject({ origin: stub.url, cause: "no response within 200 ms" });
    await left.promise;
  });

  test("a body may take longer than --timeout", async () => {
    const stub = await rawOrigin(shared, async (connection) => {
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
      await Bun.sleep(250);
      connection.end("4\r\nlast\r\n0\r\n\r\n");
    });
    const proxy = await startProxy(shared, stub.url, "--timeout 100ms");
    expect(await outcome(proxy, "/")).toEqual(["MISS", "firstlast"]);
  });

  test("an upload may take longer than --timeout, which counts from its end", async () => {
    const stub = await rawOrigin(shared, async (connection) => {
      const text = await connection.until((received) => received.endsWith("12345"));
      if (text.startsWith("POST /answered")) connection.end("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    });
    const proxy = await startProxy(shared, stub.url, "--timeout 300ms");
    const upload = async (path: string, status: number): Promise<void> => {
      const client = await connect(shared, proxy.port);
      client.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n`);
      for (const digit of "12345") {
        await Bun.sleep(100);
        client.write(digit);
      }
      const sent = performance.now();
      expect(statusOf(await client.until(hasHead))).toBe(status);
      expect(performance.now() - sent).toBeGreaterThan(status === 504 ? 250 : 0);
    };
    await Promise.all([upload("/answered", 201), upload("/silent", 504)]);
    expect(stub.heads).toHaveLength(2);
    for (const head of stub.heads) {
      expect(head).toMatch(/^content-length: 5$/im);
      expect(head).not.toMatch(/^transfer-encoding/im);
    }
  });

  test("one that is gone leaves what is stored of use", async () => {
    const stack = new AsyncDisposableStack();
    const stub = origin(stack, {
      "/fresh": counted({ "cache-control": "max-age=60" }),
      "/stale": counted({ "cache-control": "max-age=0, stale-if-error=60" }),
      "/strict": counted({ "cache-control": "max-age=0, must-revalidate", etag: '"1"' }),
    });
    const proxy = await startProxy(shared, stub.url);
    for (const path of ["/fresh", "/stale", "/strict"]) expect(await outcome(proxy, path)).toEqual(["MISS", "1"]);
    await stack.disposeAsync();
    expect(await outcome(proxy, "/fresh")).toEqual(["HIT", "1"]);
    const stale = await ask(proxy, "/stale");
    expect([stale.status, xCache(stale), await stale.text()]).toEqual([200, "STALE", "1"]);
    expect(cacheStatus(stale)).toContain("detail=origin-unreachable");
    expect((await ask(proxy, "/strict")).status).toBe(502);
  });
});

test("a proxy that the environment names is not asked", async () => {
  const stub = origin(shared, { "/": counted({}) });
  const nobody = "http://127.0.0.1:1";
  const names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
  const env = Object.fromEntries(names.map((name) => [name, nobody]));
  const proxy = await startProxy(shared, stub.url, "", { env });
  expect(await outcome(proxy, "/")).toEqual(["MISS", "1"]);
});

describe("an HTTPS origin", () => {
  test("with a self-signed certificate is refused, clearly, unless --insecure says so", async () => {
    const folder = scratch(shared);
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const made = Bun.spawnSync([
      ...[
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "1",
      ],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
    ]);
    expect(made.exitCode).toBe(0);
    const stub = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      tls: { key: Bun.file(key), cert: Bun.file(cert) },
      fetch: (request) => new Response(`secret ${request.headers.get("x-forwarded-proto")}`),
    });
    shared.defer(() => stub.stop(true));
    const url = `https://127.0.0.1:${stub.port}`;
    const [strict, lax] = await Promise.all([startProxy(shared, url), startProxy(shared, url, "--insecure")]);
    expect(await problem(strict, "/", 502)).toMatchObject({
      origin: url,
      cause: "certificate is self-signed (--insecure accepts it)",
    });
    expect(await outcome(lax, "/")).toEqual(["MISS", "secret http"]);
    expect(await outcome(lax, "/")).toEqual(["HIT", "secret http"]);
    expect(lax.stderr.all[0]).toStartWith("warning: --insecure:");
    expect(strict.stderr.all.join("\n")).not.toContain("--insecure");
  });
});
