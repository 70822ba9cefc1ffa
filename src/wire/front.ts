import type { Server } from "bun";
import { formatHttpDate, type Instant } from "../http/date.ts";
import type { Handler, Incoming } from "../http/exchange.ts";
import { stripHopByHop } from "../http/hop-by-hop.ts";
import { INTERNAL_ERROR, problemResponse } from "../http/problem.ts";
import { isWithoutBody } from "../http/status.ts";
import { type Bridge, type BridgeData, bridgeHandlers, wantsWebSocket } from "./websocket.ts";

/** Where to listen. */
export type FrontOptions = {
  readonly hostname: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Other processes or workers listen on the same port. */
  readonly bridge: Bridge;
  readonly clock: () => Instant;
  /** Told of an error that no layer caught; the client gets a 500. */
  readonly onError: (error: unknown) => void;
};

/**
 * The end of the proxy that clients speak to, over `Bun.serve`. What Bun gets wrong on the wire is mended here.
 * @throws the system's error where listening is not possible, e.g. with the code EADDRINUSE
 */
export function front(handler: Handler, options: FrontOptions): Server<BridgeData> {
  const { clock, bridge, onError } = options;
  return Bun.serve<BridgeData>({
    hostname: options.hostname,
    port: options.port,
    // A slow origin would otherwise have its clients cut off; the wait for it is bounded elsewhere.
    idleTimeout: 0,
    // Bodies stream through, so that 128 MB, Bun's bound, would only refuse what the origin may want.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    async fetch(request, server) {
      const incoming = accept(request, () => addressOf(server, request));
      if (incoming instanceof Response) return incoming;
      if (wantsWebSocket(request.headers)) return bridge(incoming, server);
      const { response } = await handler(incoming);
      return mended(request, response, clock);
    },
    websocket: bridgeHandlers,
    error(error) {
      onError(error);
      return problemResponse(INTERNAL_ERROR);
    },
  });
}

/**
 * Reads a request, or refuses one that is not clear about what it asks.
 * @param client looks up the peer's address
 */
export function accept(request: Request, client: () => string): Incoming | Response {
  const host = request.headers.get("host");
  // Bun joins repeated Host fields, and lets in one that is no authority: then the URL is not one either.
  const url = host?.includes(",") ? null : URL.parse(request.url);
  if (url === null || url.username !== "" || url.password !== "") return BAD_HOST();
  const length = request.headers.get("content-length");
  if (length !== null && !/^\d+$/.test(length)) return BAD_LENGTH();
  return { request, url, headers: endToEnd(request.headers), client };
}

/** The fields without the hop-by-hop ones. The client's own object serves where there is nothing to take away. */
function endToEnd(headers: Headers): Headers {
  const connection = headers.get("connection");
  const plain = connection === null || connection === "keep-alive" || connection === "close";
  if (plain && !HOP_BY_HOP_ALONE.some((name) => headers.has(name))) return headers;
  const copy = new Headers(headers);
  stripHopByHop(copy);
  return copy;
}

/** Fields that clients send without a word of them in Connection; a plain Connection itself is left to whoever sends on. */
const HOP_BY_HOP_ALONE = [
  "te",
  "transfer-encoding",
  "proxy-authorization",
  "proxy-connection",
  "keep-alive",
  "upgrade",
  "trailer",
];

/** A response as Bun sends it right. */
function mended(request: Request, response: Response, clock: () => Instant): Response | Promise<Response> {
  const { headers } = response;
  if (!headers.has("date")) headers.set("date", formatHttpDate(clock()));
  if (request.method === "HEAD" || isWithoutBody(response.status) || response.body === null) return response;
  return headers.has("content-type") ? response : withoutType(response);
}

/** Bun names a type for buffered bodies that have none; a stream that ends as it starts keeps its length and gets none. */
async function withoutType(response: Response): Promise<Response> {
  const { status, headers } = response;
  const length = headers.get("content-length");
  if (length === null || Number(length) > KEEP_LENGTH_BYTES) {
    return new Response(response.body?.pipeThrough(new TransformStream()) ?? null, { status, headers });
  }
  const bytes = await response.bytes();
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(bytes);
        controller.close();
      },
    },
    // Beyond the high-water mark, 256 bytes where none is given, Bun goes chunked.
    { highWaterMark: bytes.byteLength + 1 },
  );
  return new Response(body, { status, headers });
}

const KEEP_LENGTH_BYTES = 1024 * 1024;

function addressOf(server: Server<BridgeData>, request: Request): string {
  const address = server.requestIP(request)?.address ?? "";
  // IPv4 over an IPv6 socket.
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

const BAD_HOST = (): Response =>
  problemResponse({ status: 400, title: "Bad Host", detail: "The request needs one Host field that names a host." });

const BAD_LENGTH = (): Response =>
  problemResponse({
    status: 400,
    title: "Bad Content-Length",
    detail: "The request states its length more than once.",
  });
