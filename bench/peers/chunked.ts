/** An origin that sends 1 GB in chunks of 1 MB as fast as it is taken, which may be stored below /large-stored/ alone: port. */
const MB = 1024 * 1024;
const CHUNKS = 1024;
const head = (cacheControl: string) =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: ${cacheControl}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
const chunk = Buffer.concat([Buffer.from(`${MB.toString(16)}\r\n`), Buffer.alloc(MB, "x"), Buffer.from("\r\n")]);
const end = Buffer.from("0\r\n\r\n");

type Sending = { left: number; rest: Uint8Array };

Bun.listen<Sending>({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  socket: {
    open(socket) {
      socket.data = { left: CHUNKS, rest: new Uint8Array(0) };
    },
    data(socket, request) {
      socket.write(head(request.toString().startsWith("GET /large-stored/") ? "max-age=86400" : "no-store"));
      send(socket);
    },
    drain: send,
  },
});

/** Writes until the kernel takes no more. */
function send(socket: Bun.Socket<Sending>): void {
  const { data } = socket;
  for (;;) {
    if (data.rest.length === 0) {
      if (data.left < 0) return void socket.end();
      data.rest = data.left === 0 ? end : chunk;
      data.left--;
    }
    const written = socket.write(data.rest);
    if (written < 0) return;
    data.rest = data.rest.subarray(written);
    if (data.rest.length > 0) return;
  }
}

export {};
