import { afterAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../tls/files.ts";
import { echoed } from "./echoed.ts";
import { runCommand } from "./proxy.ts";

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

const origin = stack.adopt(
  Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) =>
      server.upgrade(request)
        ? undefined
        : Response.json(Object.fromEntries(request.headers), { headers: { "Cache-Control": "max-age=60" } }),
    websocket: { message: (socket, message) => void socket.send(message) },
  }),
  (server) => server.stop(true),
);

test("listening on a unix socket: answers, WebSockets, commands, and what a killed proxy left behind", async () => {
  const path = join(folderWith(stack, {}), "proxy.sock");
  const host = `unix:${path}`;
  const start = async () => {
    const command = runCommand(stack, ["--host", host, "--origin", origin.url.origin, "--log", "json"]);
    await command.stderr.find((line) => line === `  listens on  ${host}`);
    return command;
  };
  const first = await start();
  const ask = () => fetch("http://localhost/a", { unix: path });
  const response = await ask();
  expect(response.headers.get("x-cache")).toBe("MISS");
  const fields = await response.text();
  expect(fields).toContain('"x-forwarded-host":"localhost"');
  expect(fields).not.toContain("x-forwarded-for");
  expect((await ask()).headers.get("x-cache")).toBe("HIT");

  const socket = new WebSocket(`ws+unix://${path}:/ws`);
  expect(await echoed(socket, "hello")).toBe("hello");

  expect(await runCommand(stack, ["warm", "/warmed", "--host", host]).exited).toBe(0);
  const cleared = runCommand(stack, ["clear", "--host", host]);
  await cleared.stdout.find((line) => line === "cleared 2 entries");

  const second = runCommand(stack, ["--host", host, "--origin", origin.url.origin]);
  await second.stderr.find((line) => line.includes(`cannot listen on ${host}: somebody listens there already`));
  expect(await second.exited).toBe(1);

  process.kill(first.pid, "SIGKILL");
  await first.exited;
  expect(existsSync(path)).toBe(true);
  const third = await start();
  expect((await ask()).status).toBe(200);
  third.signal("SIGTERM");
  expect(await third.exited).toBe(0);
  const gone = runCommand(stack, ["stats", "--host", host]);
  await gone.stderr.find((line) => line.includes(`no caching-proxy runs on ${host}`));
});
