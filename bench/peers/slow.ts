/** An origin that takes its time for an answer that may not be stored: port, and how long in ms. */
const [port, ms] = process.argv.slice(2);
const headers = { "cache-control": "no-store" };
Bun.serve({
  port: Number(port),
  hostname: "127.0.0.1",
  async fetch() {
    await Bun.sleep(Number(ms));
    return new Response("x".repeat(1024), { headers });
  },
});

export {};
