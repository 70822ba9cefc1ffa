/** Passes every request on and hands the answer back, byte for byte: port, and the origin's URL. */
const [port, origin] = process.argv.slice(2);
Bun.serve({
  port: Number(port),
  hostname: "127.0.0.1",
  development: false,
  reusePort: false,
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    const answer = await fetch(`${origin}${pathname}${search}`, {
      headers: request.headers,
      redirect: "manual",
      decompress: false,
    });
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  },
});

export {};
