import { once } from "node:events";
import type { Server, Socket } from "node:net";

/**
 * Has a server of bare sockets listen at a free port of 127.0.0.1, until the stack is disposed of: its connections go with it.
 * @returns the port
 */
export async function listening(stack: AsyncDisposableStack, server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
