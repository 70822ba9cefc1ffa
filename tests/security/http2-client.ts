import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const CONTINUATION = 9;

export const END_STREAM = 1;
const ACK = 1;
export const END_HEADERS = 4;

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

export type Frame = {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
};

/** A frame as it is sent (RFC 9113 §4.1). */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Fields as literals that nobody is to remember (RFC 7541 §6.2.3), byte by byte, whatever HTTP says of them. */
export function block(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0x10), ...[name, value].flatMap(text)]));
}

function text(string: string): Buffer[] {
  const bytes = Buffer.from(string, "latin1");
  const length = [];
  let rest = bytes.length;
  if (rest < 127) length.push(rest);
  else {
    length.push(127);
    for (rest -= 127; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
    length.push(rest);
  }
  return [Buffer.from(length), bytes];
}

/** An HTTP/2 connection of which each frame is the test's own. */
export class RawHttp2 {
  readonly frames: Frame[] = [];
  readonly socket: TLSSocket;
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #changed = Promise.withResolvers<void>();

  constructor(socket: TLSSocket) {
    this.socket = socket;
    const closed = Promise.withResolvers<void>();
    this.closed = closed.promise;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("error", () => closed.resolve());
    socket.on("close", () => {
      closed.resolve();
      this.#wake();
    });
    this.write(Buffer.from(PREFACE), frame(SETTINGS, 0, 0));
  }

  write(...bytes: readonly Uint8Array[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(bytes));
  }

  /** Resolves once a frame came that is like this, or the connection is closed. */
  async until(isSuch: (frame: Frame) => boolean): Promise<Frame | undefined> {
    for (;;) {
      const found = this.frames.find(isSuch);
      if (found !== undefined || this.socket.destroyed) return found;
      await this.#changed.promise;
    }
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      if (this.#received.length < 9) break;
      const end = 9 + this.#received.readUIntBE(0, 3);
      if (this.#received.length < end) break;
      const frame = {
        type: this.#received.readUInt8(3),
        flags: this.#received.readUInt8(4),
        stream: this.#received.readUInt32BE(5),
        payload: this.#received.subarray(9, end),
      };
      this.#received = this.#received.subarray(end);
      this.frames.push(frame);
      if (frame.type === SETTINGS && frame.flags !== ACK) this.write(frameOfAck);
    }
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

const frameOfAck = frame(SETTINGS, ACK, 0);

/** Connects to a port of this machine by TLS and ALPN. */
export async function connectHttp2(stack: AsyncDisposableStack, port: number, ca: string): Promise<RawHttp2> {
  const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca, ALPNProtocols: ["h2"] });
  await once(socket, "secureConnect");
  stack.defer(() => void socket.destroy());
  return new RawHttp2(socket);
}
