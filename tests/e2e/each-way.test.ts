import { expect, test } from "bun:test";
import { connect as connectHttp2 } from "node:http2";
import { join } from "node:path";
import { authority, certificateFor, folderWith, tlsFlags } from "../tls/files.ts";
import { cleanup } from "./cleanup.ts";
import { echoed } from "./echoed.ts";
import { runCommand, startProxy } from "./proxy.ts";

/** Events and WebSockets by each way to the proxy, and by each from there to the origin. */
const shared = cleanup();
const folder = folderWith(shared, { ca: authority.cert });
const certificate = await certificateFor("localhost");
const tls = { ca: authority.cert };

/** Resolved by the client of `/NAME` as it has the first event; only then is the second sent. */
const arrivals = new Map<string, PromiseWithResolvers<void>>();

const answering = {
  fetch(request: Request, self: Bun.Server<undefined>) {
    if (self.upgrade(request)) return undefined;
    const arrived = arrivals.get(new URL(request.url).pathname.slice(1));
    async function* events() {
      yield "data: one\n\n";
      await arrived?.promise;
      yield "data: two\n\n";
    }
    return new Response(events, { headers: { "content-type": "text/event-stream" } });
  },
  websocket: { message: (socket: Bun.ServerWebSocket, message: string | Buffer) => void socket.send(message) },
};
const socketOfOrigin = join(folder, "origin.sock");
const plain = Bun.serve({ hostname: "127.0.0.1", port: 0, ...answering });
const secure = Bun.serve({ hostname: "127.0.0.1", port: 0, tls: certificate, http2: true, ...answering });
const local = Bun.serve({ unix: socketOfOrigin, ...answering });
for (const server of [plain, secure, local]) shared.defer(() => server.stop(true));

const trusting = `--origin-ca ${join(folder, "ca")}`;
const toOrigins = [
  ["http", plain.url.origin, ""],
  ["https", `https://localhost:${secure.port}`, trusting],
  ["HTTP/2", `https://localhost:${secure.port}`, `${trusting} --origin-http2 on`],
  ["a unix socket", `unix:${socketOfOrigin}`, ""],
] as const;

test.each(toOrigins)("to the origin by %s: events as they come, and WebSockets", async (name, origin, flags) => {
  const proxy = await startProxy(shared, origin, flags);
  expect(await eventsOf(name, (url) => fetch(proxy.url + url))).toBe("data: one\n\ndata: two\n\n");
  expect(await echoed(new WebSocket(`${proxy.url.replace("http", "ws")}/ws`), "hello")).toBe("hello");
});

test("from the client by https and by HTTP/2", async () => {
  const { port } = await startProxy(shared, plain.url.origin, tlsFlags(shared, certificate).flags);
  const base = `https://localhost:${port}`;
  expect(await eventsOf("https", (url) => fetch(base + url, { tls }))).toBe("data: one\n\ndata: two\n\n");
  expect(await echoed(new WebSocket(`wss://localhost:${port}/ws`, { tls }), "hello")).toBe("hello");
  const session = connectHttp2(base, tls);
  const byHttp2 = async (path: string) => ({ body: session.request({ ":path": path }) });
  expect(await eventsOf("HTTP2", byHttp2)).toBe("data: one\n\ndata: two\n\n");
  session.close();
});

test("from the client by a unix socket", async () => {
  const unix = join(folder, "proxy.sock");
  const command = runCommand(shared, ["--host", `unix:${unix}`, "--origin", plain.url.origin]);
  await command.stderr.find((line) => line.includes("  listens on  "));
  const ask = (url: string) => fetch(`http://localhost${url}`, { unix });
  expect(await eventsOf("unix", ask)).toBe("data: one\n\ndata: two\n\n");
  expect(await echoed(new WebSocket(`ws+unix://${unix}:/ws`), "hello")).toBe("hello");
});

type Asked = { readonly body: AsyncIterable<Uint8Array> | null };

async function eventsOf(name: string, ask: (path: string) => Promise<Asked>): Promise<string> {
  const path = encodeURIComponent(name);
  const arrived = Promise.withResolvers<void>();
  arrivals.set(path, arrived);
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of (await ask(`/${path}`)).body ?? []) {
    text += decoder.decode(chunk);
    arrived.resolve();
  }
  return text;
}
