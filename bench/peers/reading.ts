/**
 * Answers every request with the one response that it is given (port, and the response as JSON), once it has read what a cache must look at
 * of each: method, URL and the fields that RFC 9110 and 9111 give a say. It decides nothing by it.
 */
const [port, json] = process.argv.slice(2);
const { status, headers, body } = JSON.parse(json ?? "{}");
const shared = body === "" ? null : new Blob([body]);
const fields = new Headers(headers);
const READ = [
  ...["host", "connection", "cache-control", "pragma", "range"],
  ...["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"],
];
let seen = 0;
Bun.serve({
  port: Number(port),
  hostname: "127.0.0.1",
  development: false,
  reusePort: false,
  fetch(request) {
    const { method, url, headers } = request;
    seen += method.length + url.length;
    for (const name of READ) if (headers.get(name) !== null) seen++;
    return new Response(shared, { status, headers: fields });
  },
});
// What is read is used, so that the reading cannot be left out.
process.on("SIGTERM", () => process.exit(seen === 0 ? 1 : 0));

export {};
