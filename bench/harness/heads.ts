/** Puts HEAD requests on a server, which wrk cannot: URL, connections, seconds, fields as JSON. Prints requests a second. */
const [url = "", connections, seconds, fields = "{}"] = process.argv.slice(2);
const { hostname, port, host, pathname, search } = new URL(url);
const lines = Object.entries(JSON.parse(fields)).map(([name, value]) => `${name}: ${value}\r\n`);
const request = `HEAD ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n${lines.join("")}\r\n`;

let answers = 0;
const open = Array.from({ length: Number(connections) }, () =>
  Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open: (socket) => void socket.write(request),
      data(socket, bytes) {
        // A header section comes in one piece, here where all of it is small and near; else the end of it is what counts.
        if (!bytes.subarray(-4).equals(END)) return;
        answers++;
        socket.write(request);
      },
      error: (_, error) => {
        throw error;
      },
    },
  }),
);
const END = Buffer.from("\r\n\r\n");
await Promise.all(open);
const started = performance.now();
const before = answers;
await Bun.sleep(Number(seconds) * 1000);
console.log(((answers - before) / (performance.now() - started)) * 1000);
process.exit(0);

export {};
