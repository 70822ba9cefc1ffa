/** Answers every request with the one response that it is given: port, and the response as JSON. */
const [port, json] = process.argv.slice(2);
const { status, headers, body } = JSON.parse(json ?? "{}");
const shared = body === "" ? null : new Blob([body]);
const fields = new Headers(headers);
Bun.serve({
  port: Number(port),
  hostname: "127.0.0.1",
  development: false,
  reusePort: false,
  fetch: () => new Response(shared, { status, headers: fields }),
});

export {};
