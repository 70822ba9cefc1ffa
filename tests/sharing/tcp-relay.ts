import type { Socket } from "bun";

/** A way to a server that the test can cut. */
export type Relay = {
  readonly port: number;
  /** Ends all connections, and every new one at once. */
  readonly cut: () => void;
  readonly mend: () => void;
  /** Lets nothing more through to those who have subscribed to something by now. */
  readonly mute: () => void;
};

type Side = { other: Socket<Side> | undefined; waiting: Uint8Array[]; hasSubscribed?: boolean; isMute?: boolean };

/** Has it come and go ten times a second, for a while. */
export async function flaps(relay: Relay): Promise<void> {
  for (let n = 0; n < 6; n++) {
    relay.cut();
    await Bun.sleep(50);
    relay.mend();
    await Bun.sleep(50);
  }
}

/** Hands on what comes, both ways. */
export function tcpRelay(stack: AsyncDisposableStack, to: number): Relay {
  const open = new Set<Socket<Side>>();
  let isCut = false;
  const pass = (socket: Socket<Side>, bytes: Uint8Array): void => {
    const { other, waiting } = socket.data;
    if (other?.data.isMute) return;
    if (new TextDecoder().decode(bytes).includes("SUBSCRIBE")) socket.data.hasSubscribed = true;
    if (other === undefined) waiting.push(new Uint8Array(bytes));
    else other.write(bytes);
  };
  const listener = Bun.listen<Side>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { other: undefined, waiting: [] };
        if (isCut) {
          socket.end();
          return;
        }
        open.add(socket);
        const connecting = Bun.connect<Side>({
          hostname: "127.0.0.1",
          port: to,
          data: { other: socket, waiting: [] },
          socket: {
            open(far) {
              socket.data.other = far;
              for (const bytes of socket.data.waiting) far.write(bytes);
            },
            data: pass,
            close: () => void socket.end(),
          },
        });
        connecting.catch(() => socket.end());
      },
      data: pass,
      close(socket) {
        open.delete(socket);
        socket.data.other?.end();
      },
    },
  });
  stack.defer(() => listener.stop(true));
  return {
    port: listener.port,
    cut() {
      isCut = true;
      for (const socket of open) socket.end();
    },
    mend() {
      isCut = false;
    },
    mute() {
      for (const { data } of open) data.isMute = data.hasSubscribed === true;
    },
  };
}
