import type { ServerWebSocket, WebSocketHandler } from "bun";

/** What a bridged socket carries: its other half, and what came from there before the client's half was open. */
export type BridgeData = { readonly upstream: WebSocket; waiting: (string | Uint8Array)[] | undefined };

type Client = ServerWebSocket<BridgeData>;

/** The client's half of every bridge of one listener. */
export type Bridges = {
  readonly handlers: WebSocketHandler<BridgeData>;
  /** Closes those that are open, and those to come as they open: a server that stops would wait for them. */
  readonly goAway: () => void;
};

/** What may lie in memory for one half that does not read; then the other half is not read from either. */
const UNDERWAY_BYTES = 1024 * 1024;
/** How often to look whether the origin has taken what lies there: its half tells of no drain. */
const LOOK_MS = 20;
/** How long a half may take to answer a close, and how long one may take nothing at all, before it is broken off. */
const CLOSING_MS = 5000;
const STUCK_MS = 60_000;
/** Going away (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001;

/** Joins the halves: what one says the other hears, whole and in order, at the pace of the slower. */
export function bridges(): Bridges {
  const open = new Set<Client>();
  let leaving = false;
  return {
    goAway() {
      leaving = true;
      for (const client of open) client.close(GOING_AWAY);
    },
    handlers: {
      idleTimeout: 0,
      maxPayloadLength: 64 * 1024 * 1024,
      // With a limit Bun would drop messages; instead nothing more is read from the origin.
      backpressureLimit: 0,
      open(client) {
        open.add(client);
        join(client);
        if (leaving) client.close(GOING_AWAY);
      },
      message(client, message) {
        const { upstream } = client.data;
        upstream.send(message);
        if (upstream.bufferedAmount > UNDERWAY_BYTES && !client.isPaused) holdBack(client);
      },
      drain({ data }) {
        if (data.upstream.isPaused) data.upstream.resume();
      },
      close(client, code, reason) {
        open.delete(client);
        const { upstream } = client.data;
        // A close is not heard by one who does not read.
        upstream.resume();
        leaveUpstream(upstream, sendable(code), reason);
      },
    },
  };
}

/** What came from the origin's half so far, as it can be sent. */
export function asPayload(message: unknown): string | Uint8Array {
  if (typeof message === "string" || message instanceof Uint8Array) return message;
  return message instanceof ArrayBuffer ? new Uint8Array(message) : String(message);
}

function join(client: Client): void {
  const { data } = client;
  const { upstream } = data;
  for (const message of data.waiting ?? []) client.send(message);
  data.waiting = undefined;
  upstream.addEventListener("message", ({ data: message }) => {
    client.send(asPayload(message));
    if (client.getBufferedAmount() > UNDERWAY_BYTES) upstream.pause();
  });
  upstream.addEventListener("close", ({ code, reason }) => client.close(sendable(code), reason));
  if (upstream.readyState !== WebSocket.OPEN) client.close(GOING_AWAY);
}

/** Closes the origin's half, and breaks it off where the origin does not answer. */
function leaveUpstream(upstream: WebSocket, code: number, reason: string): void {
  upstream.close(code, reason);
  const timer = setTimeout(() => upstream.terminate(), CLOSING_MS);
  upstream.addEventListener("close", () => clearTimeout(timer));
}

/** Reads no more from a client until the origin has taken what lies there for it. */
function holdBack(client: Client): void {
  const { upstream } = client.data;
  client.pause();
  let waiting = upstream.bufferedAmount;
  let since = performance.now();
  const timer = setInterval(() => {
    if (upstream.bufferedAmount < waiting) {
      waiting = upstream.bufferedAmount;
      since = performance.now();
    }
    const isOpen = upstream.readyState === WebSocket.OPEN;
    // One that takes nothing is gone; so may be the client, whose close is not heard while it is not read.
    if (isOpen && performance.now() - since > STUCK_MS) upstream.terminate();
    else if (isOpen && waiting > UNDERWAY_BYTES) return;
    clearInterval(timer);
    client.resume();
  }, LOOK_MS);
}

/** A code that may be sent in a close: some only tell of one, others mean nothing (RFC 6455 §7.4). */
function sendable(code: number): number {
  if (code === 1005) return 1000;
  const isDefined = code >= 1000 && code <= 1014 && code !== 1004 && code !== 1006;
  return isDefined || (code >= 3000 && code <= 4999) ? code : 1011;
}
