import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { issue } from "../../src/tls/issue.ts";
import { aroundNow, authority, certificateFor, folderWith } from "../tls/files.ts";
import { echoed } from "./echoed.ts";
import { ask, outcome, runCommand, startProxy } from "./proxy.ts";

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

const client = await issue(authority, ["client.test"], aroundNow, "clientAuth");
const folder = folderWith(stack, { ca: authority.cert, cert: client.cert, key: client.key });
const flags = ["cert", "key", "ca"].map((name) => `--origin-${name} ${join(folder, name)}`);

/** An origin that lets in who the authority vouches for. */
const origin = stack.adopt(
  Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: { ...(await certificateFor("localhost")), ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    fetch: (request, server) =>
      server.upgrade(request) ? undefined : new Response("secret", { headers: { "Cache-Control": "max-age=60" } }),
    websocket: { message: (socket, message) => void socket.send(message) },
  }),
  (server) => server.stop(true),
);
const base = `https://localhost:${origin.port}`;

test("the origin lets in who shows the certificate, with WebSockets too", async () => {
  const proxy = await startProxy(stack, base, flags.join(" "));
  expect(await outcome(proxy, "/a")).toEqual(["MISS", "secret"]);
  expect(await outcome(proxy, "/a")).toEqual(["HIT", "secret"]);
  expect(await echoed(new WebSocket(`${proxy.url.replace("http", "ws")}/ws`), "hello")).toBe("hello");
});

test("without a certificate, or without the authority, there is no answer", async () => {
  for (const some of [flags[2] ?? "", flags.slice(0, 2).join(" ")]) {
    expect((await ask(await startProxy(stack, base, some), "/a")).status).toBe(502);
  }
});

test("another origin, which a rule names, does not get to see it", async () => {
  const seen: unknown[] = [];
  const other = stack.adopt(
    Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      tls: { ...(await certificateFor("localhost")), ca: authority.cert, requestCert: true, rejectUnauthorized: false },
      fetch: (request) => {
        seen.push(request.url);
        return new Response("other");
      },
    }),
    (server) => server.stop(true),
  );
  const config = join(folder, "config.json");
  await Bun.write(config, JSON.stringify({ rules: [{ match: "/other", origin: `https://localhost:${other.port}` }] }));
  // Its authority is not trusted there either.
  const proxy = await startProxy(stack, base, `${flags.join(" ")} --config ${config}`);
  expect((await ask(proxy, "/other")).status).toBe(502);
  expect(await outcome(proxy, "/a")).toEqual(["MISS", "secret"]);
  expect(seen).toEqual([]);
});

test("another address of the same origin does", async () => {
  const proxy = await startProxy(stack, "https://localhost:1", `${flags.join(" ")} --failover ${base}`);
  expect(await outcome(proxy, "/a")).toEqual(["MISS", "secret"]);
});

test("a key of another certificate is said before anything starts", async () => {
  const wrong = folderWith(stack, { key: (await certificateFor("x")).key });
  const args = `--port 0 --origin ${base} ${flags[0]} --origin-key ${join(wrong, "key")}`.split(" ");
  const command = runCommand(stack, args);
  await command.stderr.find((line) => line.includes("is not the key of the certificate in --origin-cert"));
  expect(await command.exited).toBe(1);
});

test("an origin behind a unix socket, with WebSockets too", async () => {
  const path = join(folder, "app.sock");
  stack.adopt(
    Bun.serve({
      unix: path,
      fetch(request, server) {
        if (server.upgrade(request)) return undefined;
        const { pathname, search } = new URL(request.url);
        const text = `${request.headers.get("host")} ${pathname}${search}`;
        return new Response(text, { headers: { "Cache-Control": "max-age=60" } });
      },
      websocket: { message: (socket, message) => void socket.send(message) },
    }),
    (server) => server.stop(true),
  );
  const proxy = await startProxy(stack, `unix:${path}:/base`, "--log json");
  await proxy.stderr.find((line) => line === `  origin      unix:${path}:/base`);
  expect(await outcome(proxy, "/a?b=1")).toEqual(["MISS", "localhost /base/a?b=1"]);
  expect(await outcome(proxy, "/a?b=1")).toEqual(["HIT", "localhost /base/a?b=1"]);
  expect(await echoed(new WebSocket(`${proxy.url.replace("http", "ws")}/ws`), "hello")).toBe("hello");
  const none = await startProxy(stack, `unix:${path}.none`);
  const problem = await (await ask(none, "/a")).text();
  expect(problem).toContain(`The origin unix:${path}.none gave no response: there is no such socket.`);
});
