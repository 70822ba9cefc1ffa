import { afterAll, beforeAll, expect, test } from "bun:test";
import { renameSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import { issue } from "../../src/tls/issue.ts";
import { authority, certificateFor, tlsFlags } from "../tls/files.ts";
import { echoed } from "./echoed.ts";
import { type RunningProxy, runCommand, startProxy } from "./proxy.ts";

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

const ca = authority.cert;
const certificate = await certificateFor("localhost", "*.localhost", "127.0.0.1");

const origin = stack.adopt(
  Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request, server) {
      const { pathname } = new URL(request.url);
      if (pathname === "/ws") return server.upgrade(request) ? undefined : new Response(null, { status: 400 });
      if (pathname === "/moved") {
        return new Response(null, { status: 302, headers: { Location: `${server.url}there` } });
      }
      if (pathname === "/events") {
        const events = new ReadableStream({
          async start(controller) {
            for (const word of ["one", "two"]) {
              controller.enqueue(new TextEncoder().encode(`data: ${word}\n\n`));
              await Bun.sleep(5);
            }
            controller.close();
          },
        });
        return new Response(events, { headers: { "Content-Type": "text/event-stream" } });
      }
      if (request.method === "POST") return new Response(request.body);
      return Response.json(Object.fromEntries(request.headers), { headers: { "Cache-Control": "max-age=60" } });
    },
    websocket: { message: (socket, message) => void socket.send(message) },
  }),
  (server) => server.stop(true),
);

let proxy: RunningProxy;
let base: string;
let files: { folder: string; flags: string };

beforeAll(async () => {
  files = tlsFlags(stack, certificate);
  const config = join(files.folder, "config.json");
  writeFileSync(config, JSON.stringify({ rules: [{ location: "rewrite" }] }));
  proxy = await startProxy(stack, origin.url.origin, `${files.flags} --config ${config}`);
  base = `https://localhost:${proxy.port}`;
});

const tls = { ca };

test("HTTP/1.1: a MISS and a HIT, and the origin is told the scheme", async () => {
  const first = await fetch(`${base}/a`, { tls });
  expect(await first.json()).toMatchObject({
    "x-forwarded-proto": "https",
    "x-forwarded-host": `localhost:${proxy.port}`,
  });
  const second = await fetch(`${base}/a`, { tls });
  expect([first, second].map(({ headers }) => headers.get("x-cache"))).toEqual(["MISS", "HIT"]);
});

test("a redirect that a rule rewrites leads to the scheme by which the client came", async () => {
  const { headers } = await fetch(`${base}/moved`, { tls, redirect: "manual" });
  expect(headers.get("location")).toBe(`${base}/there`);
});

test("HTTP/2 by ALPN: hits, contents, streams, cookies in several fields", async () => {
  const session = connectHttp2(base, { ca });
  const ask = (fields: Record<string, string | string[]>, content?: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<[unknown, string]>();
    const stream = session.request(fields);
    let text = "";
    let cache: unknown;
    stream.setEncoding("utf8");
    stream.on("response", (got) => {
      cache = got["x-cache"];
    });
    stream.on("data", (chunk) => {
      text += chunk;
    });
    stream.on("end", () => resolve([cache, text]));
    stream.on("error", reject);
    stream.end(content);
    return promise;
  };
  expect((await ask({ ":path": "/two" }))[0]).toBe("MISS");
  const many = await Promise.all(Array.from({ length: 50 }, () => ask({ ":path": "/two" })));
  expect(new Set(many.map(([cache]) => cache))).toEqual(new Set(["HIT"]));
  expect(await ask({ ":path": "/posted", ":method": "POST" }, "x".repeat(200_000))).toEqual([
    "BYPASS",
    "x".repeat(200_000),
  ]);
  expect((await ask({ ":path": "/events" }))[1]).toBe("data: one\n\ndata: two\n\n");
  expect(JSON.parse((await ask({ ":path": "/cookies", cookie: ["a=1", "b=2"] }))[1])).toMatchObject({
    cookie: "a=1; b=2",
    "x-forwarded-proto": "https",
  });
  session.close();
});

test("events as they come over HTTP/1.1", async () => {
  expect(await (await fetch(`${base}/events`, { tls })).text()).toBe("data: one\n\ndata: two\n\n");
});

test("WebSockets", async () => {
  const socket = new WebSocket(`${base.replace("https", "wss")}/ws`, { tls });
  expect(await echoed(socket, "hello")).toBe("hello");
});

test("each name below localhost is a lane, by its name in the certificate", async () => {
  const lane = `https://one.localhost:${proxy.port}`;
  const response = await fetch(`https://127.0.0.1:${proxy.port}/lane`, {
    headers: { Host: new URL(lane).host },
    tls,
  });
  expect(await response.json()).toMatchObject({ "x-forwarded-proto": "https" });
});

test("what does not speak TLS gets no answer", async () => {
  await expect(fetch(`http://127.0.0.1:${proxy.port}/a`)).rejects.toThrow();
});

test("commands ask by https, and only who shows the certificate they were told", async () => {
  const port = String(proxy.port);
  const cert = join(files.folder, "cert.pem");
  const stats = runCommand(stack, ["stats", "--port", port, "--tls-cert", cert]);
  expect(await stats.exited).toBe(0);
  const warmed = runCommand(stack, ["warm", "/warmed", "--port", port, "--tls-cert", cert]);
  expect(await warmed.exited).toBe(0);
  const other = join(tlsFlags(stack, await certificateFor("localhost", "127.0.0.1")).folder, "cert.pem");
  const refused = runCommand(stack, ["clear", "--port", port, "--tls-cert", other]);
  await refused.stderr.find((line) => line.includes("shows another certificate than the one in"));
  expect(await refused.exited).toBe(1);
  const plain = runCommand(stack, ["clear", "--port", port]);
  await plain.stderr.find((line) => line.includes("pass --tls-cert FILE if it listens with TLS"));
  expect(await plain.exited).toBe(1);
});

test("--tls auto: a certificate that is made once, and commands that know it", async () => {
  const home = tlsFlags(stack, certificate).folder;
  const env = { XDG_CONFIG_HOME: home };
  const flags = "--tls auto --tls-names test1.localhost";
  const one = await startProxy(stack, origin.url.origin, `${flags} --log json`, { env });
  const authorityFile = join(home, "caching-proxy", "tls", "authority.pem");
  await one.stderr.find((line) => line.startsWith(`  authority   ${authorityFile}, for curl --cacert`));
  const trusted = await Bun.file(authorityFile).text();
  for (const name of ["localhost", "127.0.0.1", "test1.localhost"]) {
    const response = await fetch(`https://127.0.0.1:${one.port}/${name}`, {
      headers: { Host: `${name}:${one.port}` },
      tls: { ca: trusted },
    });
    expect(await response.json()).toMatchObject({ "x-forwarded-host": `${name}:${one.port}` });
  }
  const { peer } = await shownBy(one.port, trusted);
  expect(peer.subjectaltname).toContain("test1.localhost");
  const stats = runCommand(stack, ["stats", "--port", String(one.port), "--tls", "auto"], { env });
  expect(await stats.exited).toBe(0);
  const two = await startProxy(stack, origin.url.origin, `${flags} --workers 2`, { env });
  expect((await shownBy(two.port, trusted)).peer.fingerprint256).toBe(peer.fingerprint256);
});

test("--http2 off leaves HTTP/1.1 alone", async () => {
  const one = await startProxy(stack, origin.url.origin, `${files.flags} --http2 off`);
  expect((await shownBy(one.port)).protocol).not.toBe("h2");
  expect((await shownBy(proxy.port)).protocol).toBe("h2");
});

test("what is wrong with a certificate is said before anything starts, and one that has expired is warned of", async () => {
  const start = (flags: string) =>
    runCommand(stack, ["--port", "0", "--origin", origin.url.origin, ...flags.split(" ")]);
  const mixed = tlsFlags(stack, { cert: certificate.cert, key: (await certificateFor("x")).key });
  const refused = start(mixed.flags);
  await refused.stderr.find((line) => line.includes("is not the key of the certificate in"));
  expect(await refused.exited).toBe(1);
  const past = await issue(authority, ["localhost"], { from: 0, until: 1000 });
  const warned = start(tlsFlags(stack, past).flags);
  await warned.stderr.find((line) => line.includes("has expired (Thu, 01 Jan 1970 00:00:01 GMT)"));
  await warned.stderr.find((line) => line.includes("listens on  https://localhost:"));
});

test.each(["", " --workers 2"])("a changed certificate counts at once, and what is open stays%s", async (further) => {
  const own = tlsFlags(stack, certificate);
  const server = await startProxy(stack, origin.url.origin, own.flags + further);
  const socket = new WebSocket(`wss://localhost:${server.port}/ws`, { tls });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  const next = await certificateFor("localhost", "127.0.0.1", "next.test");
  for (const [name, text] of [
    ["cert.pem", next.cert],
    ["key.pem", next.key],
  ] as const) {
    writeFileSync(join(own.folder, "new"), text);
    renameSync(join(own.folder, "new"), join(own.folder, name));
  }
  server.signal("SIGHUP");
  // Each of several workers changes by itself.
  for (let same = 0; same < 6; ) {
    const { peer } = await shownBy(server.port);
    same = peer.subjectaltname?.includes("next.test") ? same + 1 : 0;
    await Bun.sleep(20);
  }
  const { promise, resolve } = Promise.withResolvers<unknown>();
  socket.onmessage = ({ data }) => resolve(data);
  socket.onclose = () => resolve("closed");
  socket.send("still here");
  expect(await promise).toBe("still here");
  expect((await fetch(`https://localhost:${server.port}/after`, { tls })).status).toBe(200);
  server.signal("SIGTERM");
  expect(await server.exited).toBe(0);
});

/** What a server shows to a client that knows HTTP/2. */
function shownBy(port: number, trusted = ca): Promise<{ peer: PeerCertificate; protocol: unknown }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ peer: PeerCertificate; protocol: unknown }>();
  const options = { host: "127.0.0.1", port, ca: trusted, ALPNProtocols: ["h2", "http/1.1"] };
  const socket = connect(options, () => {
    resolve({ peer: socket.getPeerCertificate(), protocol: socket.alpnProtocol });
    socket.end();
  });
  socket.on("error", reject);
  return promise;
}
