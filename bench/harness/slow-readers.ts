/** Readers that ask for a URL, read a megabyte each and then nothing more. */
export type SlowReaders = { readonly leave: () => void };

const READ_BYTES = 1024 * 1024;

/** Resolves once all have read their megabyte. */
export async function slowReaders(url: string, count: number): Promise<SlowReaders> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const request = `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      let read = 0;
      const socket = await Bun.connect({
        hostname,
        port: Number(port),
        socket: {
          open: (socket) => void socket.write(request),
          data(socket, bytes) {
            read += bytes.length;
            if (read < READ_BYTES) return;
            socket.pause();
            resolve();
          },
          close: () => reject(new Error(`${host} closed a connection.`)),
          error: (_, error) => reject(error),
        },
      });
      await promise;
      return socket;
    }),
  );
  return {
    leave() {
      for (const socket of sockets) socket.terminate();
    },
  };
}
