import type { Server } from "bun";
import { after } from "../http/at-once.ts";
import { CLIENT_SILENCE } from "../http/client-silence.ts";
import type { Instant } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { Handler, Incoming, ResponseParts } from "../http/exchange.ts";
import { INTERNAL_ERROR, problemResponse } from "../http/problem.ts";
import { accept } from "./accept.ts";
import { type BridgeData, bridges } from "./bridge.ts";
import { Farewell, lastOne } from "./farewell.ts";
import { wantsWebSocket } from "./handshake.ts";
import { mended } from "./mend.ts";
import type { Bridge } from "./websocket.ts";

/**
 * `shared`: other listeners of ours, among which the system shares out the connections. `replaceable`: nobody yet, but such a one may come to
 * take over; what somebody else holds is still refused.
 */
export type Sharing = "alone" | "replaceable" | "shared";

/** What is shown and proven to clients, as PEM, and which versions of HTTP they may choose from. */
export type Secured = { readonly cert: string; readonly key: string; readonly versions: "http1" | "http1-and-http2" };

/** Where to listen. */
export type FrontOptions = {
  /** An address, or `unix:` and the path of a socket, which then is in the place of a port. */
  readonly hostname: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Who else may listen there. */
  readonly sharing: Sharing;
  readonly tls: Secured | undefined;
  readonly bridge: Bridge;
  readonly clock: () => Instant;
  /** Told of an error that no layer caught; the client gets a 500. */
  readonly onError: (error: unknown) => void;
  /** A client that is silent for so long is hung up on; CLIENT_SILENCE where it is not said. */
  readonly silence?: Seconds;
};

/** The front while it listens. */
export type Listener = {
  /** The port in use, also where `port: 0` was asked for. */
  readonly port: number;
  /** How many requests have no answer yet. */
  readonly pendingRequests: number;
  /** Ends a request's connection without an answer; Bun counts in steps of 4 s. */
  readonly abandon: (request: Request) => void;
  /** Takes nothing new, since another one has taken over; what is open stays, WebSockets too. Resolves once nothing is. */
  readonly retire: () => Promise<void>;
  /** Takes nothing new, after a moment for what is about to come, and sends WebSockets away. Resolves once all requests are answered; with `cutOff` none is. */
  readonly stop: (cutOff: boolean) => Promise<void>;
};

/**
 * The end of the proxy that clients speak to, over `Bun.serve`. What Bun gets wrong on the wire is mended here.
 * @throws the system's error where listening is not possible, e.g. with the code EADDRINUSE
 */
export function front(handler: Handler, options: FrontOptions): Listener {
  const { clock, bridge, onError } = options;
  const { handlers, goAway } = bridges();
  let farewell: Farewell | undefined;
  const { tls, hostname, sharing } = options;
  const port = sharing === "replaceable" ? claimed(hostname, options.port) : options.port;
  // Of HTTP/2 a connection has one bound for all its requests: what lifts it for one, and sets it again for another, would cut a third one off.
  const silence = tls?.versions === "http1-and-http2" ? 0 : (options.silence ?? CLIENT_SILENCE / 1000);
  const server = Bun.serve<BridgeData>({
    ...placeAt(hostname, port),
    ...(tls && { tls: { cert: tls.cert, key: tls.key }, http2: tls.versions === "http1-and-http2" }),
    // For what a client sends, and for what it takes; `bounded` lifts it while it is not the client who is waited for.
    idleTimeout: silence,
    // `development: true` is for Bun leave to share the port: a second proxy there would get half of the requests instead of an error.
    reusePort: sharing !== "alone",
    // Bodies stream through, so that 128 MB, Bun's bound, would only refuse what the origin may want.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    fetch: (request, server) =>
      farewell === undefined ? answered(request, server) : farewell.held(() => answered(request, server)),
    websocket: handlers,
    error(error) {
      onError(error);
      const { body, ...init } = problemResponse(INTERNAL_ERROR);
      return new Response(body, init);
    },
  });

  /** Undefined where the connection is no longer HTTP's. */
  function answered(request: Request, server: Server<BridgeData>) {
    const incoming = accept(request, () => addressOf(server, request));
    if ("status" in incoming) return sent(request, incoming);
    // Only by a Connection that names Upgrade, which was taken out of a copy of the fields then.
    if (incoming.headers !== request.headers && wantsWebSocket(request)) return bridged(incoming, server);
    const reply = handler(incoming);
    if (!(reply instanceof Promise)) return sent(request, bounded(request, server, reply.response, "at-once"));
    server.timeout(request, 0);
    return reply.then(({ response }) => sent(request, bounded(request, server, response, "awaited")));
  }

  /** A stream may be silent for as long as it likes, as Server-Sent Events are. Bun keeps to what was said last for a connection. */
  function bounded(
    request: Request,
    server: Server<BridgeData>,
    response: ResponseParts,
    came: "at-once" | "awaited",
  ): ResponseParts {
    const isStream = response.body instanceof ReadableStream;
    if (isStream && came === "at-once") server.timeout(request, 0);
    if (!isStream && came === "awaited") server.timeout(request, silence);
    return response;
  }

  async function bridged(incoming: Incoming, server: Server<BridgeData>): Promise<Response | undefined> {
    const { request } = incoming;
    server.timeout(request, 0);
    const { response } = await bridge(incoming, server);
    return response.status === 101 ? undefined : sent(request, bounded(request, server, response, "awaited"));
  }

  function sent(request: Request, parts: ResponseParts): Response | Promise<Response> {
    const response = mended(request, parts, clock);
    return farewell === undefined ? response : after(response, lastOne);
  }

  return {
    port: server.port ?? options.port,
    get pendingRequests() {
      return server.pendingRequests;
    },
    // In a moment: a rule says so before the bound of its request is lifted.
    abandon: (request) => queueMicrotask(() => server.timeout(request, 1)),
    retire() {
      return leave("stay");
    },
    stop(cutOff) {
      return leave(cutOff ? "cut" : "go");
    },
  };

  /** @param webSockets that are open; `cut` ends requests as well */
  async function leave(webSockets: "stay" | "go" | "cut"): Promise<void> {
    farewell ??= new Farewell();
    if (webSockets !== "cut") await farewell.lull();
    const stopped = server.stop(webSockets === "cut");
    if (webSockets !== "stay") goAway();
    farewell.say();
    return stopped;
  }
}

/** Where Bun is to listen; its types know no `idleTimeout` for sockets, which it heeds there, too, and which is 10 s where it is not said. */
function placeAt(hostname: string, port: number): Place {
  const socket = { unix: hostname.slice("unix:".length), development: false } as const;
  return hostname.startsWith("unix:") ? socket : { hostname, port, development: false };
}

type Place = { readonly hostname?: string; readonly port?: number; readonly development: false };

/**
 * A port at which nobody listens: among those who are willing to share one Bun would let us in.
 * @throws the system's error where somebody does
 */
function claimed(hostname: string, port: number): number {
  const listener = Bun.listen({ hostname, port, socket: { data: () => undefined } });
  listener.stop(true);
  return listener.port;
}

function addressOf(server: Server<BridgeData>, request: Request): string {
  const address = server.requestIP(request)?.address ?? "";
  // IPv4 over an IPv6 socket.
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}
