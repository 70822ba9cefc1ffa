import type { Server } from "bun";
import { annotate } from "../http/cache-status.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Incoming, Reply } from "../http/exchange.ts";
import { type Problem, problemResponse } from "../http/problem.ts";
import { shownOrigin } from "../http/unix-socket.ts";
import { asPayload, type BridgeData } from "./bridge.ts";
import { HANDSHAKE_FIELDS, subprotocols } from "./handshake.ts";
import { reachedBySocket, type TlsOf } from "./reach.ts";

/** Answers an upgrade request: with a status of 101, which Bun sends itself, once the sockets are joined. */
export type Bridge = (incoming: Incoming, server: Server<BridgeData>) => Promise<Reply>;

/** Where sockets lead, and with which fields. */
export type BridgeOptions = {
  readonly timeout: Milliseconds;
  readonly tlsOf: TlsOf;
  /** The URL at the origin for what the client asked. */
  readonly target: (incoming: Incoming) => URL;
  /** The fields to send there. */
  readonly fields: (incoming: Incoming) => Headers;
};

/** Joins a client's WebSocket to one at the origin. The client is let in only once the origin has agreed, on its subprotocol. */
export function bridging(options: BridgeOptions): Bridge {
  return async (incoming, server) => {
    const protocols = subprotocols(incoming.headers);
    if (protocols === undefined) return refused(badHandshake("Sec-WebSocket-Protocol has to name each protocol once."));
    const target = options.target(incoming);
    const upstream = connect(target, protocols, incoming, options);
    const data: BridgeData = { upstream, waiting: [] };
    upstream.addEventListener("message", ({ data: message }) => data.waiting?.push(asPayload(message)));
    const failure = await opened(upstream, options.timeout);
    if (failure !== undefined) return refused(badGateway(target, failure));
    const headers = new Headers(upstream.protocol === "" ? [] : [["sec-websocket-protocol", upstream.protocol]]);
    if (server.upgrade(incoming.request, { data, headers })) {
      return { response: { status: 101, headers: new Headers(), body: null }, cacheStatus: { ...BYPASS, status: 101 } };
    }
    upstream.close();
    return refused(badHandshake("The request says `Upgrade: websocket` but is no valid handshake."));
  };
}

function connect(target: URL, protocols: string[], incoming: Incoming, options: BridgeOptions): WebSocket {
  const fields = options.fields(incoming);
  for (const name of HANDSHAKE_FIELDS) fields.delete(name);
  const { url, headers, init } = reachedBySocket(target, options.tlsOf);
  const upstream = new WebSocket(url, {
    ...init,
    headers: { ...Object.fromEntries(fields), ...headers },
    ...(protocols.length === 0 ? {} : { protocols }),
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

function badHandshake(detail: string): Problem {
  return { status: 400, title: "Bad WebSocket request", detail };
}

function badGateway(target: URL, cause: string): Problem {
  return {
    status: 502,
    title: "Origin unreachable",
    detail: `No WebSocket could be opened to ${shownOrigin(new URL(target.origin))}: ${cause}.`,
    extra: { origin: target.origin, cause },
  };
}
