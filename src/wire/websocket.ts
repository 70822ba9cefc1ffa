import type { Server, ServerWebSocket, WebSocketHandler } from "bun";
import { annotate } from "../http/cache-status.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Incoming, Reply } from "../http/exchange.ts";
import { type Problem, problemResponse } from "../http/problem.ts";

/** What a bridged socket carries: its other half, and what came from there before the client's half was open. */
export type BridgeData = { readonly upstream: WebSocket; waiting: (string | Uint8Array)[] | undefined };

/** Answers an upgrade request: with a status of 101, which Bun sends itself, once the sockets are joined. */
export type Bridge = (incoming: Incoming, server: Server<BridgeData>) => Promise<Reply>;

/** Where sockets lead, and with which fields. */
export type BridgeOptions = {
  readonly timeout: Milliseconds;
  readonly insecure: boolean;
  /** The URL at the origin for what the client asked. */
  readonly target: (incoming: Incoming) => URL;
  /** The fields to send there. */
  readonly fields: (incoming: Incoming) => Headers;
};

/** Whether a request asks to become a WebSocket (RFC 6455 §4.1). */
export function wantsWebSocket(headers: Headers): boolean {
  return headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** Joins a client's WebSocket to one at the origin. The client is let in only once the origin has agreed, on its subprotocol. */
export function bridging(options: BridgeOptions): Bridge {
  return async (incoming, server) => {
    const target = options.target(incoming);
    target.protocol = target.protocol === "https:" ? "wss:" : "ws:";
    const upstream = connect(target, incoming, options);
    const data: BridgeData = { upstream, waiting: [] };
    upstream.addEventListener("message", ({ data: message }) => data.waiting?.push(asPayload(message)));
    const failure = await opened(upstream, options.timeout);
    if (failure !== undefined) return refused(badGateway(target, failure));
    const headers = upstream.protocol === "" ? {} : { "sec-websocket-protocol": upstream.protocol };
    if (server.upgrade(incoming.request, { data, headers })) {
      return { response: new Response(null, { status: 101 }), cacheStatus: { ...BYPASS, status: 101 } };
    }
    upstream.close();
    return refused({
      status: 400,
      title: "Bad WebSocket request",
      detail: "The request says `Upgrade: websocket` but is no valid handshake.",
    });
  };
}

/** The client's half of every bridge. */
export const bridgeHandlers: WebSocketHandler<BridgeData> = {
  idleTimeout: 0,
  maxPayloadLength: 64 * 1024 * 1024,
  open(client: ServerWebSocket<BridgeData>) {
    const { data } = client;
    for (const message of data.waiting ?? []) client.send(message);
    data.waiting = undefined;
    data.upstream.addEventListener("message", ({ data: message }) => {
      client.send(asPayload(message));
    });
    data.upstream.addEventListener("close", ({ code, reason }) => client.close(sendable(code), reason));
    if (data.upstream.readyState !== WebSocket.OPEN) client.close(1001);
  },
  message({ data }, message) {
    data.upstream.send(message);
  },
  close({ data }, code, reason) {
    data.upstream.close(sendable(code), reason);
  },
};

/** Fields of the handshake itself, which each half has of its own (RFC 6455 §4.1). */
const HANDSHAKE = [
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-key",
  "sec-websocket-protocol",
  "sec-websocket-version",
];

function connect(target: URL, incoming: Incoming, options: BridgeOptions): WebSocket {
  const fields = options.fields(incoming);
  const protocols = incoming.headers.get("sec-websocket-protocol");
  for (const name of HANDSHAKE) fields.delete(name);
  const upstream = new WebSocket(target, {
    headers: Object.fromEntries(fields),
    ...(protocols === null ? {} : { protocols: protocols.split(",").map((name) => name.trim()) }),
    ...(options.insecure ? { tls: { rejectUnauthorized: false } } : {}),
  });
  upstream.binaryType = "nodebuffer";
  return upstream;
}

/** Resolves once the socket is open, or to what went wrong. */
function opened(socket: WebSocket, timeout: Milliseconds): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(() => resolve(`no answer within ${timeout} ms`), timeout);
  socket.addEventListener("open", () => resolve(undefined));
  socket.addEventListener("error", () => resolve("the origin refused the WebSocket"));
  socket.addEventListener("close", () => resolve("the origin closed the connection"));
  return promise.then((failure) => {
    clearTimeout(timer);
    if (failure !== undefined) socket.close();
    return failure;
  });
}

const BYPASS = { type: "forward", fwd: "bypass", stored: false, detail: "websocket" } as const;

function refused(problem: Problem): Reply {
  const response = problemResponse(problem);
  annotate(response.headers, BYPASS);
  return { response, cacheStatus: BYPASS };
}

function badGateway(target: URL, cause: string): Problem {
  return {
    status: 502,
    title: "Origin unreachable",
    detail: `No WebSocket could be opened to ${target.origin}: ${cause}.`,
    extra: { origin: target.origin, cause },
  };
}

function asPayload(message: unknown): string | Uint8Array {
  if (typeof message === "string" || message instanceof Uint8Array) return message;
  return message instanceof ArrayBuffer ? new Uint8Array(message) : String(message);
}

/** 1005, 1006 and 1015 tell of a close and may not be sent in one (RFC 6455 §7.4.1). */
function sendable(code: number): number {
  return code === 1005 ? 1000 : code === 1006 || code === 1015 || code < 1000 ? 1011 : code;
}
